import { useMemo, useState } from 'react';
import type { ConversationSummary } from './api';

const key = 'operator.seen';
const remembered = 500;
const many = 9;

/** How far each conversation was read in this browser. */
export function useSeen() {
  const [seen, setSeen] = useState<Record<string, number>>(read);
  return useMemo(
    () => ({
      /** "" for none, "3", or "9+". */
      unread(item: ConversationSummary): string {
        const count = item.clientSequences.filter(sequence => sequence > (seen[item.id] ?? 0)).length;
        return count === 0 ? '' : count > many ? `${many}+` : String(count);
      },
      mark(id: string, sequence: number): void {
        setSeen(before => {
          if ((before[id] ?? 0) >= sequence) {
            return before;
          }

          const { [id]: _, ...others } = before;
          const kept = Object.fromEntries([...Object.entries(others).slice(-(remembered - 1)), [id, sequence]]) as Record<string, number>;
          try {
            localStorage.setItem(key, JSON.stringify(kept));
          } catch {
            // Without storage the marks last as long as the page.
          }

          return kept;
        });
      },
    }),
    [seen],
  );
}

function read(): Record<string, number> {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? '{}') as unknown;
    return typeof found === 'object' && found !== null ? (found as Record<string, number>) : {};
  } catch {
    return {};
  }
}
