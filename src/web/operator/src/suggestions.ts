import { useEffect, useState } from 'react';
import { api } from './api';

/** How long the typing must rest before its completion is asked for. */
const restMilliseconds = 120;

/** Next replies for a conversation that one has, asked for anew when something is said in it; none while it is somebody else's. */
export function useReplies(id: string, isMine: boolean, lastMessage: number): string[] {
  const [replies, setReplies] = useState<string[]>([]);
  useEffect(() => {
    setReplies([]);
    if (!isMine) {
      return;
    }

    const asked = new AbortController();
    api.suggestions(id, asked.signal).then(found => !asked.signal.aborted && setReplies(found.replies), () => undefined);
    return () => asked.abort();
  }, [id, isMine, lastMessage]);
  return replies;
}

/** How the text may go on; null while nothing is likely, and once it was dismissed until the text changes. */
export function useCompletion(id: string, isMine: boolean, text: string): [string | null, () => void] {
  const [found, setFound] = useState<{ text: string; completion: string | null }>({ text: '', completion: null });
  useEffect(() => {
    if (!isMine || text.trim() === '') {
      return;
    }

    const asked = new AbortController();
    const timer = setTimeout(() => {
      // What comes late is of another text and is not shown.
      api.complete(id, text, asked.signal).then(({ completion }) => !asked.signal.aborted && setFound({ text, completion }), () => undefined);
    }, restMilliseconds);
    return () => {
      clearTimeout(timer);
      asked.abort();
    };
  }, [id, isMine, text]);
  return [found.text === text ? found.completion : null, () => setFound({ text, completion: null })];
}
