import { ActionIcon, Button, Kbd, Loader, Text, Textarea, Title } from '@mantine/core';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type RefObject } from 'react';
import { ApiError, api, type ConversationSummary, type LogRow } from './api';
import type { Look } from './App';
import { nameOf } from './ConversationList';
import { useCompletion, useReplies } from './suggestions';
import { span, useNow } from './time';
import { UnderstoodNote } from './UnderstoodNote';

interface Props {
  summary: ConversationSummary;
  rows: LogRow[] | null;
  me: string;
  isLive: boolean;
  look: Look;
  onBack: () => void;
}

/** Pixels from the end within which the log still follows what comes. */
const nearEnd = 80;

export function ConversationPane({ summary, rows, me, isLive, look, onBack }: Props) {
  const { words, language } = look;
  const now = useNow();
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const isMine = summary.holder === 'operator' && summary.operator === me;
  const composer = useRef<HTMLTextAreaElement>(null);

  async function run(work: () => Promise<void>) {
    if (isBusy) {
      return;
    }

    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem((error as ApiError).code === 'held' ? words.held : words.failed);
    } finally {
      setBusy(false);
    }
  }

  useEffect(() => {
    if (isMine) {
      composer.current?.focus();
    }
  }, [isMine]);

  const holder = summary.holder === 'bot' ? words.holderBot
    : summary.holder === 'waiting' ? (summary.waitingSince ? words.waitingFor(span(words, summary.waitingSince, now)) : words.holderWaiting)
    : isMine ? words.holderMe : words.holderOther(summary.operator ?? '?');

  return (
    <>
      <div className="pane-head">
        <ActionIcon className="narrow" variant="subtle" size="lg" aria-label={words.back} onClick={onBack}>←</ActionIcon>
        <div className="pane-who">
          <Title order={2} size="h5">{nameOf(summary, words)}</Title>
          <Text size="xs" c="dimmed">{summary.channel} · {summary.language.toUpperCase()} · {holder}</Text>
        </div>
        <span className="spring" />
        {isMine ? (
          <Button id="give-back" variant="default" loading={isBusy} onClick={() => void run(() => api.giveBack(summary.id))}>{words.giveBack}</Button>
        ) : (
          <Button id="take" loading={isBusy} onClick={() => void run(() => api.take(summary.id))}>
            {summary.holder === 'operator' ? words.takeFrom(summary.operator ?? '?') : words.take}
          </Button>
        )}
      </div>
      {problem && <p className="notice lost" role="alert">{problem}</p>}
      <Log rows={rows} me={me} look={look} language={language} />
      <Composer id={summary.id} isMine={isMine} isLive={isLive} look={look} box={composer} lastMessage={rows?.findLast(row => row.kind === 'message')?.sequence ?? 0} />
    </>
  );
}

function Log({ rows, me, look, language }: { rows: LogRow[] | null; me: string; look: Look; language: string }) {
  const { words } = look;
  const scroller = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const [isAway, setAway] = useState(false);
  const understood = useMemo(() => {
    const byMessage = new Map<number, LogRow>();
    for (const row of rows ?? []) {
      const last = row.understood?.inputs.at(-1);
      if (last !== undefined) {
        byMessage.set(last, row);
      }
    }

    return byMessage;
  }, [rows]);
  const clock = useMemo(() => new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'es-CL', { hour: '2-digit', minute: '2-digit', hour12: false }), [language]);
  const calendar = useMemo(() => new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'es-CL', { weekday: 'long', day: 'numeric', month: 'long' }), [language]);

  useLayoutEffect(() => {
    if (follows.current && scroller.current) {
      scroller.current.scrollTop = scroller.current.scrollHeight;
    }
  }, [rows]);

  useEffect(() => {
    // Suggestions come and go below: what was last said stays in sight.
    const at = scroller.current;
    if (!at) {
      return;
    }

    const watch = new ResizeObserver(() => {
      if (follows.current) {
        at.scrollTop = at.scrollHeight;
      }
    });
    watch.observe(at);
    return () => watch.disconnect();
  }, []);

  const toEnd = () => scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  const shown = (rows ?? []).filter(row => row.kind !== 'turn');
  return (
    <div className="log-frame">
      <div
        className="log"
        ref={scroller}
        tabIndex={0}
        role="log"
        aria-label={words.conversations}
        onScroll={event => {
          const at = event.currentTarget;
          follows.current = at.scrollHeight - at.scrollTop - at.clientHeight < nearEnd;
          setAway(!follows.current);
        }}
      >
        {rows === null && <div className="empty"><Loader size="sm" aria-label={words.connecting} /></div>}
        {shown.map((row, at) => {
          const day = calendar.format(new Date(row.at));
          const isNewDay = at === 0 || calendar.format(new Date(shown[at - 1]!.at)) !== day;
          const turn = understood.get(row.sequence);
          return (
            <div key={row.sequence}>
              {isNewDay && <p className="day">{day}</p>}
              {row.kind === 'message' ? (
                <div className={`message ${row.author}`} data-sequence={row.sequence}>
                  <p className="who">
                    {row.author === 'client' ? null : row.author === 'bot' ? words.bot : row.detail && row.detail !== me ? row.detail : words.you}
                    <time dateTime={row.at}>{clock.format(new Date(row.at))}</time>
                  </p>
                  <p className="text">{row.text}</p>
                  {turn?.understood && <UnderstoodNote understood={turn.understood} words={words} />}
                </div>
              ) : (
                <p className={`event ${row.kind.replace('.', '-')}`}>
                  {words.events[row.kind] ?? row.kind}
                  {row.detail && `: ${words.reasons[row.detail] ?? row.detail}`} <time dateTime={row.at}>{clock.format(new Date(row.at))}</time>
                </p>
              )}
            </div>
          );
        })}
      </div>
      {isAway && <Button className="to-end" size="xs" onClick={toEnd}>{words.newMessages} ↓</Button>}
    </div>
  );
}

interface ComposerProps {
  id: string;
  isMine: boolean;
  isLive: boolean;
  look: Look;
  box: RefObject<HTMLTextAreaElement | null>;
  /** Sequence of the last message: with the next one other replies fit. */
  lastMessage: number;
}

function Composer({ id, isMine, isLive, look, box, lastMessage }: ComposerProps) {
  const { words } = look;
  const draftKey = `operator.draft.${id}`;
  const [text, setText] = useState(() => sessionStorage.getItem(draftKey) ?? '');
  const [isSending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  /** The id of what is being sent; kept after a failure so that a second try of the same words is the same message. */
  const attempt = useRef<{ messageId: string; text: string } | null>(null);
  const replies = useReplies(id, isMine, lastMessage);
  const [completion, dismiss] = useCompletion(id, isMine && !isSending, text);
  const offered = text === '' ? replies : [];
  /** Set at once, before React renders: a second Enter in the same moment finds it. */
  const busy = useRef(false);

  useEffect(() => {
    if (text) {
      sessionStorage.setItem(draftKey, text);
    } else {
      sessionStorage.removeItem(draftKey);
    }
  }, [draftKey, text]);

  async function send() {
    const trimmed = text.trim();
    if (busy.current || trimmed === '' || !isMine) {
      return;
    }

    busy.current = true;
    setSending(true);
    setProblem(null);
    if (attempt.current?.text !== trimmed) {
      attempt.current = { messageId: crypto.randomUUID(), text: trimmed };
    }

    try {
      await api.say(id, attempt.current.messageId, trimmed);
      attempt.current = null;
      setText('');
    } catch (error) {
      setProblem((error as ApiError).code === 'held' ? words.held : words.notSent);
    } finally {
      busy.current = false;
      setSending(false);
      box.current?.focus();
    }
  }

  /** Puts words into the box; sending them is another act. */
  function put(words: string) {
    setText(words);
    const at = box.current;
    if (at) {
      at.focus();
      requestAnimationFrame(() => at.setSelectionRange(at.value.length, at.value.length));
    }
  }

  useEffect(() => {
    const pick = (event: globalThis.KeyboardEvent) => {
      // By the place of the key: with Alt held, some layouts turn digits into other signs.
      const chosen = event.altKey && !event.ctrlKey && !event.metaKey ? offered[['Digit1', 'Digit2', 'Digit3'].indexOf(event.code)] : undefined;
      if (chosen !== undefined) {
        event.preventDefault();
        put(chosen);
      }
    };
    addEventListener('keydown', pick);
    return () => removeEventListener('keydown', pick);
  });

  function press(event: KeyboardEvent<HTMLTextAreaElement>) {
    const isAtEnd = event.currentTarget.selectionStart === text.length;
    if (completion !== null && event.key === 'Tab' && isAtEnd && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      put(text + completion);
    } else if (completion !== null && event.key === 'Escape') {
      // Tab leaves the box again.
      event.preventDefault();
      dismiss();
    }

    // Enter also ends the composition of an accent or of an Asian word: then it does not send.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      void send();
    }
  }

  return (
    <div className="composer">
      {problem && <p className="notice lost" role="alert">{problem}</p>}
      {offered.length > 0 && (
        <div className="suggested" role="group" aria-label={words.suggestedReplies} title={words.suggestedReplies}>
          {offered.map((reply, at) => (
            <button key={reply} type="button" className="suggested-reply" onClick={() => put(reply)}>
              <Kbd size="xs" className="wide" aria-hidden>Alt {at + 1}</Kbd>
              <span>{reply}</span>
            </button>
          ))}
        </div>
      )}
      {completion !== null && (
        <button type="button" className="completion" tabIndex={-1} title={words.complete} onClick={() => put(text + completion)}>
          <span><i aria-hidden>…</i>{completion}</span>
          <Kbd size="xs" className="wide" aria-hidden>Tab</Kbd>
        </button>
      )}
      <p className="for-reader" role="status">{completion === null ? '' : `${words.complete}: ${completion.trim()} (Tab)`}</p>
      <div className="composer-row">
        <Textarea
          ref={box}
          autosize
          minRows={1}
          maxRows={7}
          value={text}
          onChange={event => setText(event.currentTarget.value)}
          onKeyDown={press}
          readOnly={isSending}
          disabled={!isMine}
          placeholder={isMine ? words.write : words.writeTakeFirst}
          aria-label={words.write}
          maxLength={8000}
        />
        <Button onClick={() => void send()} loading={isSending} disabled={!isMine || text.trim() === ''}>{words.send}</Button>
      </div>
      <Text size="xs" c="dimmed" className="wide">{isLive ? words.enterSends : words.lost}</Text>
    </div>
  );
}

