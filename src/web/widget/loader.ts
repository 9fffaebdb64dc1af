// The script that a site embeds: <script src="https://HOST/widget.js" data-lang="es" data-theme="auto" defer></script>
// It puts a bubble on the page; the chat itself is a frame of the host's own origin, loaded when the bubble is first opened.
import type { ToFrame, ToPage } from './messages';

type Theme = 'light' | 'dark' | 'auto';

const words = {
  es: { open: 'Abrir el chat', close: 'Cerrar el chat', title: 'Chat', unread: (count: number) => `${count} sin leer` },
  en: { open: 'Open the chat', close: 'Close the chat', title: 'Chat', unread: (count: number) => `${count} unread` },
};

const css = `
:host{all:initial;color-scheme:light dark;font-family:system-ui,sans-serif}
:host([data-theme=light]){color-scheme:light}:host([data-theme=dark]){color-scheme:dark}
*{box-sizing:border-box}
.bubble{position:fixed;z-index:2147483000;right:22px;bottom:22px;width:62px;height:62px;border:0;border-radius:50%;cursor:pointer;
background:light-dark(#17594a,#7fd1b0);color:light-dark(#fff,#08231b);box-shadow:0 10px 30px -8px rgb(0 25 18/60%);display:grid;place-items:center;transition:transform .16s}
.bubble:hover{transform:scale(1.06)}.bubble:focus-visible{outline:3px solid light-dark(#f3b71b,#ffce45);outline-offset:3px}
.bubble svg{width:29px;height:29px;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.badge{position:absolute;top:-3px;right:-3px;min-width:23px;height:23px;padding:0 6px;border-radius:12px;background:#c62f2f;color:#fff;font:600 13px/23px system-ui,sans-serif}
.badge[hidden]{display:none}
.panel{position:fixed;z-index:2147483001;right:22px;bottom:98px;width:min(412px,calc(100vw - 44px));height:min(620px,calc(100vh - 122px));border-radius:20px;overflow:hidden;
background:light-dark(#fbfaf4,#101b17);border:1px solid light-dark(#dde4d5,#274038);box-shadow:0 24px 70px -18px rgb(0 25 18/55%)}
.panel[hidden]{display:none}
iframe{display:block;width:100%;height:100%;border:0;color-scheme:auto}
@media(max-width:520px){.panel{inset:0;width:100%;height:100%;height:100dvh;border:0;border-radius:0}.open .bubble{display:none}.bubble{right:16px;bottom:16px}}
@media(prefers-reduced-motion:reduce){.bubble{transition:none}}
@media print{.bubble,.panel{display:none}}`;

const script = document.currentScript as HTMLScriptElement;
const origin = new URL(script.src).origin;
const link = new URLSearchParams(location.search).get('cita');
let language: 'es' | 'en' = (script.dataset.lang ?? document.documentElement.lang).startsWith('en') ? 'en' : 'es';
let theme: Theme = script.dataset.theme === 'light' || script.dataset.theme === 'dark' ? script.dataset.theme : 'auto';

const host = document.createElement('chatagent-widget');
const shadow = host.attachShadow({ mode: 'open' });
// A constructed sheet needs no style-src exception from the site's content security policy.
const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
shadow.adoptedStyleSheets = [sheet];

const root = document.createElement('div');
const bubble = document.createElement('button');
bubble.type = 'button';
bubble.className = 'bubble';
bubble.setAttribute('aria-expanded', 'false');
bubble.setAttribute('aria-controls', 'panel');
bubble.setAttribute('aria-haspopup', 'dialog');
const icon = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
icon.setAttribute('viewBox', '0 0 24 24');
icon.setAttribute('aria-hidden', 'true');
const shape = document.createElementNS('http://www.w3.org/2000/svg', 'path');
icon.append(shape);
const badge = document.createElement('span');
badge.className = 'badge';
badge.hidden = true;
bubble.append(icon, badge);

const panel = document.createElement('div');
panel.id = 'panel';
panel.className = 'panel';
panel.setAttribute('role', 'dialog');
panel.hidden = true;
root.append(panel, bubble);
shadow.append(root);

let frame: HTMLIFrameElement | null = null;
let isReady = false;
let unread = 0;
let opener: HTMLElement = bubble;

function show(): void {
  const isOpen = !panel.hidden;
  const texts = words[language];
  shape.setAttribute('d', isOpen ? 'M6 6l12 12M18 6L6 18' : 'M20.5 11.8a7.9 7.9 0 0 1-8.3 7.6 9 9 0 0 1-3.3-.6L4 20.3l1.3-3.9a7.2 7.2 0 0 1-1.6-4.6A7.9 7.9 0 0 1 12 4.2a7.9 7.9 0 0 1 8.5 7.6ZM8.7 11.9h.01M12.1 11.9h.01M15.5 11.9h.01');
  root.className = isOpen ? 'open' : '';
  badge.hidden = unread === 0 || isOpen;
  badge.textContent = String(unread);
  bubble.setAttribute('aria-expanded', String(isOpen));
  bubble.setAttribute('aria-label', isOpen ? texts.close : unread > 0 ? `${texts.open} (${texts.unread(unread)})` : texts.open);
  panel.setAttribute('aria-label', texts.title);
  if (frame) {
    frame.title = texts.title;
  }

  if (theme === 'auto') {
    host.removeAttribute('data-theme');
  } else {
    host.dataset.theme = theme;
  }
}

function tell(message: ToFrame): void {
  if (isReady) {
    frame?.contentWindow?.postMessage(message, origin);
  }
}

function open(from: HTMLElement = bubble): void {
  opener = from;
  if (!frame) {
    frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox');
    frame.setAttribute('loading', 'lazy');
    frame.src = `${origin}/widget/?parent=${encodeURIComponent(location.origin)}`;
    panel.append(frame);
  }

  panel.hidden = false;
  unread = 0;
  show();
  frame.focus();
  tell({ chatagent: 'opened' });
}

function close(): void {
  if (panel.hidden) {
    return;
  }

  panel.hidden = true;
  show();
  tell({ chatagent: 'closed' });
  (opener.isConnected ? opener : bubble).focus();
}

bubble.addEventListener('click', () => (panel.hidden ? open() : close()));
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && !event.defaultPrevented) {
    close();
  }
});

window.addEventListener('message', event => {
  if (event.origin !== origin || !frame || event.source !== frame.contentWindow) {
    return;
  }

  const message = event.data as ToPage;
  switch (message?.chatagent) {
    case 'ready':
      isReady = true;
      tell({ chatagent: 'init', language, theme, link });
      tell({ chatagent: panel.hidden ? 'closed' : 'opened' });
      break;
    case 'close':
      close();
      break;
    case 'linked':
      forgetLink();
      break;
    case 'unread':
      unread = panel.hidden ? message.count : 0;
      show();
      break;
  }
});

/** The link has done its work and names a person: it does not stay in the address bar and the history. */
function forgetLink(): void {
  const address = new URL(location.href);
  if (address.searchParams.has('cita')) {
    address.searchParams.delete('cita');
    history.replaceState(history.state, '', address);
  }
}

const api = {
  open,
  close,
  setLanguage(value: string): void {
    language = value.startsWith('en') ? 'en' : 'es';
    show();
    tell({ chatagent: 'appearance', language, theme });
  },
  setTheme(value: Theme): void {
    theme = value;
    show();
    tell({ chatagent: 'appearance', language, theme });
  },
};

function start(): void {
  document.body.append(host);
  (window as { ChatAgent?: typeof api }).ChatAgent = api;
  document.dispatchEvent(new Event('chatagent:ready'));
  show();
  if (link) {
    open();
  }
}

if (document.readyState === 'loading') {
  document.addEventListener('DOMContentLoaded', start);
} else {
  start();
}
