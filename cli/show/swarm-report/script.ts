/** Draws the two pictures that have too many cells for SVG, and says what is under the pointer. */
export const SCRIPT = `
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const { copies, links } = { copies: read("copies-data"), links: read("links-data") };
const tip = document.getElementById("tip");
const rgb = (name) => {
  const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim().slice(1);
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
};
const paint = (id, columns, rows, strength) => {
  const canvas = document.getElementById(id);
  canvas.width = columns; canvas.height = rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const [cold, warm] = [rgb("--cold"), rgb("--warm")];
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {
    const part = strength(column, row), at = 4 * (row * columns + column);
    for (let each = 0; each < 3; each++) image.data[at + each] = cold[each] + (warm[each] - cold[each]) * part;
    image.data[at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
};
const sent = links.rows.map((row) => new Map(row));
const draw = () => {
  paint("copies", copies.columns.length, copies.rows, (column, row) => copies.columns[column][row] / copies.most);
  const most = Math.log1p(links.most);
  paint("links", links.names.length, links.names.length, (column, row) => Math.log1p(sent[row].get(column) || 0) / most);
};
const explain = (id, columns, rows, words) => {
  const canvas = document.getElementById(id);
  for (const type of ["pointermove", "pointerdown"]) canvas.addEventListener(type, (event) => {
    const box = canvas.getBoundingClientRect();
    const column = Math.min(columns - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * columns)));
    const row = Math.min(rows - 1, Math.max(0, Math.floor(((event.clientY - box.top) / box.height) * rows)));
    tip.textContent = words(column, row);
    tip.style.opacity = 1;
    tip.style.left = Math.max(8, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = event.clientY + 16 + "px";
  });
  canvas.addEventListener("pointerleave", () => { tip.style.opacity = 0; });
};
const size = (kib) => (kib >= 1000 ? (kib * 1.024 / 1000).toFixed(1) + " MB" : kib + " KiB");
explain("copies", copies.columns.length, copies.rows, (column, row) => {
  const first = Math.floor((row * copies.pieces) / copies.rows), last = Math.floor(((row + 1) * copies.pieces) / copies.rows) - 1;
  const which = last > first ? "pieces " + first + " to " + last + ": at least " : "piece " + first + ": ";
  return which + copies.columns[column][row] + " of " + copies.most + " copies at " + copies.times[column] + " s";
});
explain("links", links.names.length, links.names.length, (column, row) =>
  links.names[row] + " sent " + size(sent[row].get(column) || 0) + " to " + links.names[column]);
draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
`;
