import { useEffect, useState } from 'react';
import type { Words } from './strings';

/** The present, to the nearest half minute. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export function span(words: Words, since: string, now: number): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
  return minutes < 1 ? words.now : minutes < 60 ? words.minutes(minutes) : minutes < 1440 ? words.hours(Math.floor(minutes / 60)) : words.days(Math.floor(minutes / 1440));
}
