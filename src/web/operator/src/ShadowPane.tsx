import { ActionIcon, Button, Loader, Switch, Table, Text, Title } from '@mantine/core';
import { useCallback, useEffect, useState, type ReactNode } from 'react';
import { api, type ApiError, type Rate, type Shadow, type ShadowMail } from './api';
import type { Look } from './App';

/** The address of this page within the console. */
export const shadowPage = '~shadow';

const refreshMilliseconds = 15_000;

/** Mails that were read in shadow: one at a time, right or wrong with one key; below, how far each kind can be trusted. */
export function ShadowPane({ look, onBack, onShadow }: { look: Look; onBack: () => void; onShadow: (shadow: Shadow) => void }) {
  const { words, language } = look;
  const [shadow, setShadow] = useState<Shadow | null>(null);
  const [marked, setMarked] = useState<string[]>([]);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const run = useCallback(async (work: () => Promise<Shadow>) => {
    setBusy(true);
    setProblem(null);
    try {
      const next = await work();
      setShadow(next);
      onShadow(next);
      return true;
    } catch (error) {
      setProblem((error as ApiError).code === 'too_early' ? words.shadow.tooEarly : words.failed);
      return false;
    } finally {
      setBusy(false);
    }
  }, [onShadow, words]);

  useEffect(() => {
    void run(api.shadow);
    const timer = setInterval(() => document.visibilityState === 'visible' && void run(api.shadow), refreshMilliseconds);
    return () => clearInterval(timer);
  }, [run]);

  const mail = shadow?.mails[0] ?? null;
  const mark = useCallback(async (isRight: boolean) => {
    if (mail && !isBusy && (await run(() => api.mark(mail.id, isRight ? 'right' : 'wrong')))) {
      setMarked(before => [...before, mail.id]);
    }
  }, [mail, isBusy, run]);
  const undo = useCallback(async () => {
    const last = marked.at(-1);
    if (last && !isBusy && (await run(() => api.mark(last, 'none')))) {
      setMarked(before => before.slice(0, -1));
    }
  }, [marked, isBusy, run]);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || (event.target as HTMLElement).matches('input, textarea')) {
        return;
      }

      const act = event.key === 'ArrowRight' ? () => mark(true) : event.key === 'ArrowLeft' ? () => mark(false) : event.key.toLowerCase() === 'z' ? undo : null;
      if (act) {
        event.preventDefault();
        void act();
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [mark, undo]);

  return (
    <>
      <div className="pane-head">
        <ActionIcon variant="subtle" size="lg" aria-label={words.back} onClick={onBack}>←</ActionIcon>
        <div className="pane-who">
          <Title order={2} size="h5">{words.shadow.title}</Title>
          <Text size="xs" c="dimmed">{shadow ? words.shadow.left(shadow.waiting) : words.connecting}</Text>
        </div>
      </div>
      {problem && <p className="notice lost" role="alert">{problem}</p>}
      <div className="shadow">
        <Text size="sm" c="dimmed">{words.shadow.note}</Text>
        {shadow === null && <div className="empty"><Loader size="sm" aria-label={words.connecting} /></div>}
        {shadow && !mail && <div className="empty"><Text c="dimmed">{words.shadow.empty}</Text></div>}
        {mail && (
          <article className="shadow-mail" aria-live="polite">
            <Title order={3} size="h5">{mail.patient}</Title>
            <Text size="sm" c="dimmed">{hour(mail.start, language)} · {mail.doctor} · {mail.branch}</Text>
            {mail.hasOthers && <Text size="sm">{words.shadow.others}</Text>}
            <h4>{words.shadow.wrote}</h4>
            <p className="shadow-words">{highlighted(mail)}</p>
            <h4>{mail.isDone ? words.shadow.did : words.shadow.would}</h4>
            <p className={`shadow-kind ${mail.kind}`}>{words.shadow.kinds[mail.kind] ?? mail.kind}{mail.movesTo && `: ${hour(mail.movesTo, language)}`}</p>
            {mail.reply && <><h4>{words.shadow.answer}</h4><p className="shadow-reply">{mail.reply}</p></>}
            <div className="shadow-buttons">
              <Button id="shadow-wrong" variant="default" size="md" disabled={isBusy} onClick={() => void mark(false)}>✗ {words.shadow.wrong}</Button>
              <Button id="shadow-right" size="md" disabled={isBusy} onClick={() => void mark(true)}>✓ {words.shadow.right}</Button>
            </div>
          </article>
        )}
        <div className="shadow-foot">
          <Text size="xs" c="dimmed" className="wide">{words.shadow.keys}</Text>
          {marked.length > 0 && <Button id="shadow-undo" variant="subtle" size="compact-sm" disabled={isBusy} onClick={() => void undo()}>{words.shadow.undo}</Button>}
        </div>
        {shadow && <Figures shadow={shadow} look={look} isBusy={isBusy} onSwitch={(kind, isOn) => void run(() => api.switchKind(kind, isOn))} />}
      </div>
    </>
  );
}

function Figures({ shadow, look, isBusy, onSwitch }: { shadow: Shadow; look: Look; isBusy: boolean; onSwitch: (kind: string, isOn: boolean) => void }) {
  const { words } = look;
  return (
    <section aria-label={words.shadow.figures} className="shadow-figures">
      <Title order={3} size="h5">{words.shadow.figures}</Title>
      <p><b>{words.shadow.falseYes}:</b> {rate(shadow.falseYes, look)}</p>
      <p><b>{words.shadow.falseNo}:</b> {rate(shadow.falseNo, look)}</p>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr><Table.Th>{words.shadow.kind}</Table.Th><Table.Th>{words.shadow.marked}</Table.Th><Table.Th>{words.shadow.interval}</Table.Th><Table.Th>{words.shadow.on}</Table.Th></Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shadow.kinds.map(row => (
            <Table.Tr key={row.kind}>
              <Table.Td>
                {words.shadow.kinds[row.kind] ?? row.kind}
                {row.by === 'errors' && !row.isOn && <Text size="xs" c="orange">{words.shadow.byErrors}</Text>}
              </Table.Td>
              <Table.Td>{row.errors.cases === 0 ? '—' : `${row.errors.errors} / ${row.errors.cases}`}</Table.Td>
              <Table.Td>{row.errors.cases === 0 ? '—' : percent(row.errors.upper, look.language)}</Table.Td>
              <Table.Td>
                <Switch
                  checked={row.isOn}
                  disabled={isBusy || !shadow.isShadow}
                  aria-label={`${words.shadow.on}: ${words.shadow.kinds[row.kind] ?? row.kind}`}
                  onChange={event => onSwitch(row.kind, event.currentTarget.checked)}
                />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

/** The words, with those that decided marked. */
function highlighted(mail: ShadowMail): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const span of [...mail.evidence].sort((a, b) => a.start - b.start)) {
    if (span.start >= at && span.start + span.length <= mail.words.length) {
      parts.push(mail.words.slice(at, span.start), <mark key={span.start} title={span.why}>{mail.words.slice(span.start, span.start + span.length)}</mark>);
      at = span.start + span.length;
    }
  }

  return [...parts, mail.words.slice(at)];
}

function rate(value: Rate, { words, language }: Look): string {
  return value.cases === 0 ? words.shadow.none : `${value.errors} / ${value.cases} (${percent(value.lower, language)} – ${percent(value.upper, language)})`;
}

function percent(share: number, language: string): string {
  return new Intl.NumberFormat(language === 'en' ? 'en-GB' : 'es-CL', { style: 'percent', maximumFractionDigits: 1 }).format(share);
}

function hour(start: string, language: string): string {
  // The clinic's wall time, whatever the zone of this machine.
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'es-CL', { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', hour12: false, timeZone: 'UTC' })
    .format(new Date(`${start}Z`));
}
