/** What the embedding page and the widget's frame tell each other. Each side names the other's origin when it sends and checks it, and the window, when it hears. */
export type ToFrame =
  | { chatagent: 'init'; language: string; theme: 'light' | 'dark' | 'auto'; link: string | null }
  | { chatagent: 'appearance'; language: string; theme: 'light' | 'dark' | 'auto' }
  | { chatagent: 'opened' }
  | { chatagent: 'closed' };

export type ToPage =
  | { chatagent: 'ready' }
  | { chatagent: 'close' }
  | { chatagent: 'linked' }
  | { chatagent: 'unread'; count: number };
