// The styles of the whole page, in the order in which they come.
import "./ui/styles/tokens.css";
import "./ui/styles/base.css";
import "./ui/styles/controls.css";
import "./ui/styles/overlays.css";
import "./ui/styles/page.css";
import "./ui/card/card.css";
import "./ui/details/details.css";
import "./ui/details/speeds.css";
import "./ui/files/files.css";
import "./ui/list/list.css";
import "./ui/nearby/nearby.css";
import "./ui/text/text.css";
import "./ui/styles/forced-colors.css";
