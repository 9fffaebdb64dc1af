export interface ConversationSummary {
  id: string;
  channel: string;
  /** First name of an identified person. */
  name: string | null;
  language: string;
  holder: 'bot' | 'waiting' | 'operator';
  operator: string | null;
  /** Since when somebody is called and nobody has come, ISO. */
  waitingSince: string | null;
  reason: string | null;
  /** Why somebody should look at it when they have time. */
  attention: string | null;
  lastText: string | null;
  lastAuthor: 'client' | 'bot' | 'operator' | null;
  changedAt: string;
  lastSequence: number;
  /** The person's last messages, at most ten. */
  clientSequences: number[];
}

export interface Understood {
  /** Sequences of the messages that were read together. */
  inputs: number[];
  intents: { intent: string; score: number }[];
  isInScope: boolean;
  /** The answer to the appointment question, where one was open. */
  appointment: string | null;
  evidence: { text: string; why: string }[];
  /** Acts of the reply. */
  acts: string[];
  bundle: string | null;
}

export interface LogRow {
  sequence: number;
  at: string;
  author: 'client' | 'bot' | 'operator' | 'system';
  kind: string;
  text: string | null;
  /** Operator's name, reason of a call or what else the event tells. */
  detail: string | null;
  understood: Understood | null;
}

/** Errors among cases with a 95 % interval, shares from 0 to 1. */
export interface Rate {
  errors: number;
  cases: number;
  lower: number;
  upper: number;
}

export interface ShadowKind {
  kind: string;
  errors: Rate;
  isOn: boolean;
  changed: string | null;
  /** An operator's name, or "errors" where it was switched off by itself. */
  by: string | null;
}

/** A mail that was read in shadow; hours are the clinic's wall time. */
export interface ShadowMail {
  id: string;
  at: string;
  patient: string;
  start: string;
  doctor: string;
  branch: string;
  words: string;
  kind: string;
  movesTo: string | null;
  reply: string;
  evidence: { start: number; length: number; why: string }[];
  hasOthers: boolean;
  isDone: boolean;
}

export interface Shadow {
  isShadow: boolean;
  waiting: number;
  falseYes: Rate;
  falseNo: Rate;
  kinds: ShadowKind[];
  /** Those that wait for a mark, oldest first. */
  mails: ShadowMail[];
}

export interface Me {
  name: string;
  mustChange: boolean;
}

/** A refusal of the server; `code` is stable: unauthorized, wrong, locked, weak, held, invalid, unavailable. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly retryAfter: number | null = null,
  ) {
    super(code);
  }
}

async function call<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/operator/api${path}`, {
      method,
      headers: body === undefined ? undefined : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, AbortSignal.timeout(15_000)]) : AbortSignal.timeout(15_000),
    });
  } catch {
    throw new ApiError('unavailable');
  }

  if (!response.ok) {
    const refusal = (await response.json().catch(() => null)) as { code?: string } | null;
    const after = Number(response.headers.get('retry-after'));
    throw new ApiError(refusal?.code ?? (response.status === 401 ? 'unauthorized' : 'unavailable'), after > 0 ? after : null);
  }

  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const api = {
  /** Null when nobody is signed in. */
  me: async () => (await call<Me | undefined>('GET', '/me')) ?? null,
  login: (name: string, password: string) => call<Me>('POST', '/login', { name, password }),
  logout: () => call<void>('POST', '/logout', {}),
  changePassword: (current: string, next: string) => call<Me>('POST', '/password', { current, next }),
  take: (id: string) => call<void>('POST', `/conversations/${encodeURIComponent(id)}/take`, {}),
  giveBack: (id: string) => call<void>('POST', `/conversations/${encodeURIComponent(id)}/give-back`, {}),
  /** Next replies, best first; only for who has the conversation. */
  suggestions: (id: string, signal: AbortSignal) => call<{ replies: string[] }>('GET', `/conversations/${encodeURIComponent(id)}/suggestions`, undefined, signal),
  /** What may be put behind a text that is being typed. */
  complete: (id: string, text: string, signal: AbortSignal) => call<{ completion: string | null }>('POST', `/conversations/${encodeURIComponent(id)}/completion`, { text }, signal),
  shadow: () => call<Shadow>('GET', '/shadow'),
  mark: (id: string, mark: 'right' | 'wrong' | 'none') => call<Shadow>('POST', `/shadow/mails/${encodeURIComponent(id)}/${mark}`, {}),
  switchKind: (kind: string, isOn: boolean) => call<Shadow>('POST', `/shadow/kinds/${encodeURIComponent(kind)}/${isOn ? 'on' : 'off'}`, {}),
  /** Sending the same message id again does not say it twice. */
  say: (id: string, messageId: string, text: string) => call<void>('POST', `/conversations/${encodeURIComponent(id)}/messages`, { messageId, text }),
};
