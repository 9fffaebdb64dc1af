import { HubConnectionBuilder, LogLevel, type HubConnection } from '@microsoft/signalr';
import { useEffect, useRef, useState } from 'react';
import type { ConversationSummary, LogRow } from './api';

export type Link = 'connecting' | 'live' | 'lost' | 'signedOut';

/** One connection for the whole console, made again for ever: pauses of 0 to 10 s. */
export function useHub(isWanted: boolean): { hub: HubConnection | null; link: Link; epoch: number } {
  const [link, setLink] = useState<Link>('connecting');
  /** Counts connections; what listens begins again with each. */
  const [epoch, setEpoch] = useState(0);
  const [hub, setHub] = useState<HubConnection | null>(null);

  useEffect(() => {
    if (!isWanted) {
      return;
    }

    let isDone = false;
    const made = new HubConnectionBuilder()
      .withUrl('/operator/hub')
      .withAutomaticReconnect({ nextRetryDelayInMilliseconds: context => Math.min(10_000, 500 * 2 ** context.previousRetryCount) })
      .configureLogging(LogLevel.None)
      .build();
    made.serverTimeoutInMilliseconds = 20_000;
    made.keepAliveIntervalInMilliseconds = 8_000;
    const online = () => {
      setLink('live');
      setEpoch(before => before + 1);
    };
    made.onreconnecting(() => setLink('lost'));
    made.onreconnected(online);
    made.onclose(() => void (isDone || start()));

    async function start(): Promise<void> {
      for (let attempt = 0; !isDone; attempt++) {
        try {
          await made.start();
          online();
          return;
        } catch (error) {
          setLink(String(error).includes('401') ? 'signedOut' : 'lost');
          await new Promise(done => setTimeout(done, Math.min(10_000, 700 * 2 ** attempt)));
        }
      }
    }

    setHub(made);
    void start();
    return () => {
      isDone = true;
      void made.stop();
    };
  }, [isWanted]);

  return { hub, link, epoch };
}

/** The conversations, kept up to date; each connection begins with all of them. */
export function useConversations(hub: HubConnection | null, epoch: number): ConversationSummary[] | null {
  const [items, setItems] = useState<ConversationSummary[] | null>(null);
  useEffect(() => {
    if (!hub || epoch === 0) {
      return;
    }

    let isFirst = true;
    const stream = hub.stream<ConversationSummary[]>('Conversations').subscribe({
      next: page => {
        // Read before the state is set: React may run the update later, and twice.
        const begins = isFirst;
        isFirst = false;
        setItems(before => (begins || !before ? page : merge(before, page)));
      },
      error: () => undefined,
      complete: () => undefined,
    });
    return () => stream.dispose();
  }, [hub, epoch]);
  return items;
}

function merge(before: ConversationSummary[], changed: ConversationSummary[]): ConversationSummary[] {
  const byId = new Map(before.map(item => [item.id, item]));
  for (const item of changed) {
    byId.set(item.id, item);
  }

  return [...byId.values()];
}

/** The log of one conversation; a new connection asks for what came after the last row seen. */
export function useLog(hub: HubConnection | null, epoch: number, id: string | null): LogRow[] | null {
  const [log, setLog] = useState<{ id: string; rows: LogRow[] } | null>(null);
  const reached = useRef<{ id: string | null; sequence: number }>({ id: null, sequence: 0 });
  useEffect(() => {
    if (!hub || !id || epoch === 0) {
      return;
    }

    if (reached.current.id !== id) {
      reached.current = { id, sequence: 0 };
    }

    const stream = hub.stream<LogRow[]>('Log', id, reached.current.sequence).subscribe({
      next: rows => {
        const fresh = rows.filter(row => row.sequence > reached.current.sequence);
        reached.current = { id, sequence: Math.max(reached.current.sequence, ...rows.map(row => row.sequence)) };
        setLog(before => ({ id, rows: before?.id === id ? [...before.rows, ...fresh] : fresh }));
      },
      error: () => undefined,
      complete: () => undefined,
    });
    return () => stream.dispose();
  }, [hub, epoch, id]);
  return log?.id === id ? log.rows : null;
}
