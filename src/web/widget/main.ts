// The chat's page: a frame of the loader, or a page of its own. The official Web Chat speaks Direct Line with this host; this file gets it a session, keeps it
// connected over restarts and expired tokens, and tells the embedding page what it must know.
import { look } from './look';
import type { ToFrame, ToPage } from './messages';
import { words, type Language } from './strings';
import type { Activity, DirectLine, Observable, Store, WebChat } from './webchat';

declare const __WEBCHAT__: string;

interface Session {
  conversationId: string;
  token: string;
  streamUrl: string;
  visit: string;
  userId: string;
  bot: string;
  clinic: string;
}

const visitKey = 'chatagent.visit';
/** DirectLineJS: the states of `connectionStatus$`. */
const status = { online: 2, expiredToken: 3, failedToConnect: 4, ended: 5 };
/** How long DirectLineJS may look for the host by itself (it waits 3 to 15 s before it tries) until a new session is asked for. */
const patience = 18_000;
const retryPauses = [800, 1500, 3000, 5000, 8000];
const statusPause = 1500;
/** Web Chat gives a message up after five minutes. */
const postLimit = 300_000;

const element = <T extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as T;
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce;
const parentOrigin = new URLSearchParams(location.search).get('parent');
const isFramed = window.parent !== window && parentOrigin !== null;
const dark = matchMedia('(prefers-color-scheme: dark)');

let language: Language = navigator.language.startsWith('en') ? 'en' : 'es';
let theme: 'light' | 'dark' | 'auto' = 'auto';
let link: string | null = null;
let isOpen = !isFramed;
let unread = 0;
let session: Session | null = null;
let directLine: DirectLine | null = null;
let store: Store | null = null;
let room: HTMLElement | null = null;
let visitInMemory: string | null = null;
let preparing: { percent: number | null } | null = null;
let trouble: 'connecting' | 'reconnecting' | 'offline' | 'noScript' | null = 'connecting';

function tell(message: ToPage): void {
  if (isFramed) {
    window.parent.postMessage(message, parentOrigin);
  }
}

// ---- words and look

function show(): void {
  const texts = words[language];
  document.documentElement.lang = language;
  if (theme === 'auto') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }

  element('title').textContent = session?.bot ?? texts.title;
  element('subtitle').textContent = session?.clinic ?? texts.subtitle;
  label('close', texts.close);
  label('restart', texts.restart);
  element('close').hidden = !isFramed;
  element('note').textContent = texts.privacy;
  element('confirm-text').textContent = texts.restartConfirm;
  element('confirm-yes').textContent = texts.restartYes;
  element('confirm-no').textContent = texts.restartNo;

  const line = element('status');
  const text = trouble ? texts[trouble] : preparing ? texts.preparing(preparing.percent) : '';
  if (line.textContent !== text) {
    line.textContent = text;
  }

  line.toggleAttribute('data-progress', !trouble && preparing?.percent !== null && preparing !== null);
  line.style.setProperty('--done', `${preparing?.percent ?? 0}%`);
}

function label(id: string, text: string): void {
  element(id).setAttribute('aria-label', text);
  element(id).title = text;
}

function isDark(): boolean {
  return theme === 'auto' ? dark.matches : theme === 'dark';
}

function render(): void {
  show();
  if (!window.WebChat || !directLine || !store || !session || !room) {
    return;
  }

  window.WebChat.renderWebChat(
    {
      directLine,
      store,
      userID: session.userId,
      locale: language === 'en' ? 'en-US' : 'es-CL',
      nonce,
      styleOptions: look(isDark()),
      overrideLocalizedStrings: { TEXT_INPUT_PLACEHOLDER: words[language].placeholder },
    },
    room,
  );
}

// ---- session and connection

function readVisit(): string | null {
  try {
    return localStorage.getItem(visitKey) ?? visitInMemory;
  } catch {
    return visitInMemory;
  }
}

function keepVisit(visit: string | null): void {
  visitInMemory = visit;
  try {
    if (visit === null) {
      localStorage.removeItem(visitKey);
    } else {
      localStorage.setItem(visitKey, visit);
    }
  } catch {
    // Storage is blocked in this frame: the conversation lasts as long as the page.
  }
}

/** Asks for a session until there is one. */
async function obtainSession(): Promise<Session> {
  for (let attempt = 0; ; attempt++) {
    try {
      const response = await fetch('/api/widget/session', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ visit: readVisit() ?? undefined, link: link ?? undefined, locale: language === 'en' ? 'en-US' : 'es-CL' }),
        signal: AbortSignal.timeout(10_000),
      });
      if (response.ok) {
        const made = (await response.json()) as Session;
        keepVisit(made.visit);
        if (link) {
          link = null;
          tell({ chatagent: 'linked' });
        }

        return made;
      }
    } catch {
      // The host is away or restarting: the loop goes on.
    }

    trouble = 'offline';
    show();
    await pause(retryPauses[Math.min(attempt, retryPauses.length - 1)]!);
  }
}

/** Counts connections, so that what belongs to an older one falls silent. */
let connection = 0;

/** Begins, or begins again: a new session of the same conversation, whose history the stream brings from the beginning. Keeps the draft and the focus. */
async function connect(webChat: WebChat): Promise<void> {
  const own = ++connection;
  const draft = store?.getState().sendBoxValue;
  const wasWriting = room?.contains(document.activeElement) ?? false;
  const made = await obtainSession();
  if (own !== connection) {
    return;
  }

  const before = directLine;
  session = made;
  directLine = reliable(webChat.createDirectLine({
    domain: `${location.origin}/v3/directline`,
    token: made.token,
    conversationId: made.conversationId,
    streamUrl: made.streamUrl,
  }));
  store = webChat.createStore({}, countUnread(Date.now()));
  watch(directLine, own, webChat);
  before?.end();

  room?.remove();
  room = document.createElement('div');
  element('chat').append(room);
  if (draft) {
    store.dispatch({ type: 'WEB_CHAT/SET_SEND_BOX', payload: { text: draft } });
  }

  render();
  if (wasWriting || isOpen) {
    focusSendBox();
  }
}

/** Follows the connection; when DirectLineJS gives up or takes too long, connects anew. */
function watch(line: DirectLine, own: number, webChat: WebChat): void {
  let giveUp = 0;
  line.connectionStatus$.subscribe({
    next(state) {
      if (own !== connection) {
        return;
      }

      clearTimeout(giveUp);
      if (state === status.online) {
        trouble = null;
      } else if (state === status.expiredToken || state === status.failedToConnect || state === status.ended) {
        trouble = 'reconnecting';
        void pause(300).then(() => (own === connection ? connect(webChat) : undefined));
      } else {
        trouble = trouble === 'connecting' ? 'connecting' : 'reconnecting';
        giveUp = window.setTimeout(() => void (own === connection && connect(webChat)), patience);
      }

      show();
    },
  });
}

/**
 * The same Direct Line, whose posts are repeated with the same client id until the host has taken them. DirectLineJS answers "retry" where the host was away; the
 * host accepts a client id once, so that nothing is doubled, and the newest connection is used, so that nothing is lost when it was made anew meanwhile.
 */
function reliable(line: DirectLine): DirectLine {
  const post = line.postActivity.bind(line);
  posts.set(line, post);
  line.postActivity = activity => ({
    subscribe(observer) {
      let isWanted = true;
      postUntilTaken(activity, line).then(
        id => {
          if (isWanted) {
            observer.next?.(id);
            observer.complete?.();
          }
        },
        error => isWanted && observer.error?.(error),
      );
      return { unsubscribe: () => void (isWanted = false) };
    },
  });
  return line;
}

const posts = new WeakMap<DirectLine, (activity: Activity) => Observable<string>>();

async function postUntilTaken(activity: Activity, first: DirectLine): Promise<string> {
  const end = Date.now() + postLimit;
  for (let attempt = 0; ; attempt++) {
    const line = attempt === 0 ? first : (directLine ?? first);
    try {
      const id = await once(posts.get(line)!(activity));
      if (id !== 'retry') {
        return id;
      }
    } catch (error) {
      const code = (error as { status?: number }).status ?? 0;
      if (code >= 400 && code < 500 && code !== 403 && code !== 408 && code !== 429) {
        throw error;
      }
    }

    if (Date.now() > end) {
      throw new Error('the host could not be reached');
    }

    await pause(retryPauses[Math.min(attempt, 2)]!);
  }
}

function once(observable: Observable<string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('no answer in time')), 15_000);
    observable.subscribe({
      next: value => {
        clearTimeout(limit);
        resolve(value);
      },
      error: error => {
        clearTimeout(limit);
        reject(error);
      },
    });
  });
}

function countUnread(since: number) {
  return () => (next: (action: any) => unknown) => (action: any) => {
    if (action.type === 'DIRECT_LINE/INCOMING_ACTIVITY' && !isOpen) {
      const activity = action.payload.activity as Activity & { timestamp?: string };
      if (activity.type === 'message' && activity.from?.role === 'bot' && Date.parse(activity.timestamp ?? '') > since) {
        unread++;
        tell({ chatagent: 'unread', count: unread });
      }
    }

    return next(action);
  };
}

// ---- preparation

/** While models are being trained, says how far they are. */
async function followPreparation(): Promise<void> {
  for (;;) {
    try {
      const response = await fetch('/api/widget/status');
      if (response.ok) {
        const state = (await response.json()) as { ready: boolean; fraction?: number };
        preparing = state.ready ? null : { percent: state.fraction === undefined ? null : Math.round(state.fraction * 100) };
        show();
        if (state.ready) {
          return;
        }
      }
    } catch {
      // The session's own loop tells that the host is away.
    }

    await pause(statusPause);
  }
}

// ---- the page

function focusSendBox(attempt = 0): void {
  const box = room?.querySelector<HTMLElement>('.webchat__send-box-text-box textarea, .webchat__send-box-text-box input');
  if (box) {
    box.focus();
  } else if (attempt < 20) {
    setTimeout(() => focusSendBox(attempt + 1), 100);
  }
}

window.addEventListener('message', event => {
  if (!isFramed || event.source !== window.parent || event.origin !== parentOrigin) {
    return;
  }

  const message = event.data as ToFrame;
  switch (message?.chatagent) {
    case 'init':
      link = message.link;
      adopt(message.language, message.theme);
      void start();
      break;
    case 'appearance':
      adopt(message.language, message.theme);
      render();
      break;
    case 'opened':
      isOpen = true;
      unread = 0;
      focusSendBox();
      break;
    case 'closed':
      isOpen = false;
      break;
  }
});

function adopt(wantedLanguage: string, wantedTheme: 'light' | 'dark' | 'auto'): void {
  language = wantedLanguage.startsWith('en') ? 'en' : 'es';
  theme = wantedTheme;
}

document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && !event.defaultPrevented && !element<HTMLDialogElement>('confirm').open) {
    tell({ chatagent: 'close' });
  }
});

element('close').addEventListener('click', () => tell({ chatagent: 'close' }));
element('restart').addEventListener('click', () => element<HTMLDialogElement>('confirm').showModal());
element('confirm').addEventListener('close', () => {
  const dialog = element<HTMLDialogElement>('confirm');
  if (dialog.returnValue === 'yes' && window.WebChat) {
    dialog.returnValue = '';
    keepVisit(null);
    store = null;
    void connect(window.WebChat);
  }
});
dark.addEventListener('change', render);

function loadWebChat(): Promise<WebChat> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `/widget/webchat-${__WEBCHAT__}.js`;
    if (nonce) {
      script.nonce = nonce;
    }

    script.onload = () => (window.WebChat ? resolve(window.WebChat) : reject(new Error('Web Chat is not in its script')));
    script.onerror = () => reject(new Error('Web Chat did not load'));
    document.head.append(script);
  });
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(done => setTimeout(done, milliseconds));
}

let isStarted = false;

async function start(): Promise<void> {
  if (isStarted) {
    return;
  }

  isStarted = true;
  show();
  void followPreparation();
  try {
    await connect(await loadWebChat());
  } catch {
    trouble = 'noScript';
    show();
  }
}

show();
if (isFramed) {
  tell({ chatagent: 'ready' });
} else {
  link = new URLSearchParams(location.search).get('cita');
  void start();
}
