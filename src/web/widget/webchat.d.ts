/** The little of Web Chat that is used here (botframework-webchat 4.18.1, loaded as a script). */
export interface Subscription {
  unsubscribe(): void;
}

export interface Observer<T> {
  next?(value: T): void;
  error?(error: unknown): void;
  complete?(): void;
}

export interface Observable<T> {
  subscribe(observer: Observer<T>): Subscription;
}

export interface Activity {
  type: string;
  id?: string;
  text?: string;
  from?: { id?: string; role?: string };
  channelData?: Record<string, unknown>;
}

export interface DirectLine {
  activity$: Observable<Activity>;
  connectionStatus$: Observable<number>;
  postActivity(activity: Activity): Observable<string>;
  end(): void;
}

export interface Store {
  dispatch(action: { type: string; payload?: unknown }): void;
  getState(): { sendBoxValue?: string };
}

export interface WebChat {
  createDirectLine(options: { domain: string; token: string; conversationId: string; streamUrl: string }): DirectLine;
  createStore(initial?: object, middleware?: (store: unknown) => (next: (action: any) => unknown) => (action: any) => unknown): Store;
  renderWebChat(props: Record<string, unknown>, element: HTMLElement): void;
}

declare global {
  interface Window {
    WebChat?: WebChat;
  }
}
