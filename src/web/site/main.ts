import { strings, type Language } from './strings';

/** What the widget's loader puts on the page; absent while it loads or when the host has no widget. */
type Chat = { open(opener?: HTMLElement): void; setLanguage(language: Language): void; setTheme(theme: 'light' | 'dark'): void };

const root = document.documentElement;
const languageButton = document.getElementById('language') as HTMLButtonElement;
const themeButton = document.getElementById('theme') as HTMLButtonElement;
const talkButton = document.getElementById('talk') as HTMLButtonElement;
const chat = () => (window as { ChatAgent?: Chat }).ChatAgent;

let language: Language = read('site.language') === 'en' ? 'en' : 'es';
const stored = read('site.theme');
let theme: 'light' | 'dark' | null = stored === 'light' || stored === 'dark' ? stored : null;

function show(): void {
  root.lang = language;
  if (theme) {
    root.dataset.theme = theme;
    chat()?.setTheme(theme);
  }

  const words = strings[language];
  for (const element of document.querySelectorAll<HTMLElement>('[data-t]')) {
    element.replaceChildren(...lines(words[element.dataset.t!] ?? ''));
  }

  for (const element of document.querySelectorAll<HTMLElement>('[data-t-label]')) {
    element.setAttribute('aria-label', words[element.dataset.tLabel!] ?? '');
  }

  const other = language === 'es' ? 'en' : 'es';
  languageButton.textContent = other.toUpperCase();
  languageButton.lang = other;
  languageButton.setAttribute('aria-label', other === 'en' ? 'EN: switch to English' : 'ES: cambiar a español');
  chat()?.setLanguage(language);
}

function lines(text: string): Node[] {
  return text.split('\n').flatMap((line, at) => (at === 0 ? [new Text(line)] : [document.createElement('br'), new Text(line)]));
}

languageButton.addEventListener('click', () => {
  language = language === 'es' ? 'en' : 'es';
  write('site.language', language);
  show();
});

themeButton.addEventListener('click', () => {
  const isDark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  theme = isDark ? 'light' : 'dark';
  write('site.theme', theme);
  show();
});

talkButton.addEventListener('click', () => {
  const widget = chat();
  if (widget) {
    widget.open(talkButton);
  } else {
    location.href = '/widget/';
  }
});

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
}

show();
document.addEventListener('chatagent:ready', show);
