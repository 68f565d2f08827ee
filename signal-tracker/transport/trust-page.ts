/** The page at `/trust`. It has no script, so that it also works where a browser does not trust this tracker yet. */
export const TRUST_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Trust this tracker</title>
<link rel="stylesheet" href="/trust.css">
</head>
<body>
<main>
<h1>Trust this tracker</h1>
<p>This tracker also speaks https. Its certificate comes from an authority of its own, which your device does not know, so browsers
warn you. Once your device trusts the authority, the warning is gone, nobody on the way can read or change what the page
does, and the browser unlocks what it keeps for secure pages.</p>
<p>The authority can vouch only for this machine and for names and addresses in private networks, not for sites on the
internet.</p>
<p><a class="download" href="/ca.crt">Download the authority's certificate</a></p>
<p>Compare its SHA-256 fingerprint with the one that the tracker printed when it started, or ask whoever runs it: on plain http,
somebody on the way could have swapped the file.</p>
<p><code>{fingerprint}</code></p>
<p>It is valid until {expires}.</p>

<h2>Windows</h2>
<p>Open the file and choose “Install Certificate…”, then “Current User”. Choose “Place all certificates in the following
store”, “Browse…” and “Trusted Root Certification Authorities”. Finish, say yes to the warning, and start the browser
again.</p>

<h2>macOS</h2>
<p>Open the file; Keychain Access adds it to the keychain “login”. Find it there under “Certificates”, open it, unfold
“Trust”, and choose “Always Trust” for “Secure Sockets Layer (SSL)”. Close the window and enter your password.</p>

<h2>iPhone and iPad</h2>
<p>Open this page in Safari, download the file and allow the profile. In Settings, open “Profile Downloaded” and
install it. Then turn it on under “General”, “About”, “Certificate Trust Settings”.</p>

<h2>Android</h2>
<p>Download the file. In Settings, search for “CA certificate”, choose it, and say “Install anyway”. Then choose the
file; Android asks for your screen lock.</p>

<h2>Linux, and Firefox everywhere</h2>
<p>Firefox: in Settings, search for “certificates”, open “View Certificates…”, “Authorities”, “Import…”, choose the file and
tick “Trust this CA to identify websites”. Chrome: open chrome://certificate-manager, “Custom”, and import it under
“Trusted Certificates”. For commands on Debian and Ubuntu, copy it to /usr/local/share/ca-certificates and run
“sudo update-ca-certificates”; for Node, name it in NODE_EXTRA_CA_CERTS.</p>

<p>Then open <a href="{https}">{https}</a>, or go <a href="/">back to the page</a> as it is.</p>
</main>
</body>
</html>
`;

/** Its style, in a file of its own because the content policy allows no other. */
export const TRUST_STYLE = `body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 42rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
h2 { font-size: 1.1rem; margin: 1.75rem 0 0.25rem; }
p { margin: 0.5rem 0; }
code { font-size: 0.85rem; overflow-wrap: anywhere; }
.download { display: inline-block; padding: 0.5rem 1rem; border: 1px solid; border-radius: 0.5rem; }
`;
