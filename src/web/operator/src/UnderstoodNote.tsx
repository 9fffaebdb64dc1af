import type { Understood } from './api';
import type { Words } from './strings';

/** What the bot understood of a message: the best intent in a line, the rest on demand. */
export function UnderstoodNote({ understood, words }: { understood: Understood; words: Words }) {
  const [best, ...others] = understood.intents;
  if (!best) {
    return null;
  }

  return (
    <details className="understood">
      <summary>
        <span className="intent">{understood.appointment ?? best.intent}</span> {percent(best.score)}
        {!understood.isInScope && ` · ${words.outOfScope}`}
        {understood.evidence.length > 0 && <> · {understood.evidence.map(item => `«${item.text}»`).join(', ')}</>}
      </summary>
      <dl>
        {understood.appointment && <><dt>{words.appointmentReply}</dt><dd>{understood.appointment}</dd></>}
        <dt>{words.understood}</dt>
        <dd>
          {[best, ...others].map(item => (
            <span className="score" key={item.intent}>
              <meter min={0} max={1} value={item.score} aria-label={item.intent} /> {item.intent} {percent(item.score)}
            </span>
          ))}
        </dd>
        {understood.evidence.length > 0 && (
          <><dt>{words.evidence}</dt><dd>{understood.evidence.map((item, at) => <span className="score" key={at}><mark>{item.text}</mark> {item.why}</span>)}</dd></>
        )}
        {understood.acts.length > 0 && <><dt>{words.acts}</dt><dd>{understood.acts.join(', ')}</dd></>}
      </dl>
    </details>
  );
}

function percent(score: number): string {
  return `${Math.round(score * 100)} %`;
}
