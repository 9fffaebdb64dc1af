import { Badge, Loader, SegmentedControl, Text, TextInput } from '@mantine/core';
import type { RefObject } from 'react';
import type { ConversationSummary } from './api';
import type { Words } from './strings';
import { span, useNow } from './time';

export type Filter = 'all' | 'waiting' | 'mine';

/** Who waits for a person first, longest waiting on top; then mine; then the rest, newest first. */
export function ordered(items: ConversationSummary[], filter: Filter, search: string, me: string): ConversationSummary[] {
  const isMine = (item: ConversationSummary) => item.holder === 'operator' && item.operator === me;
  const rank = (item: ConversationSummary) => (item.holder === 'waiting' ? 0 : isMine(item) ? 1 : item.attention ? 2 : 3);
  const wanted = fold(search);
  return items
    .filter(item => (filter === 'waiting' ? item.holder === 'waiting' || (item.holder === 'bot' && item.attention !== null) : filter === 'mine' ? isMine(item) : true))
    .filter(item => wanted === '' || fold(`${item.name ?? ''} ${item.lastText ?? ''} ${item.id}`).includes(wanted))
    .sort((a, b) => rank(a) - rank(b) || (rank(a) === 0 ? (a.waitingSince ?? '').localeCompare(b.waitingSince ?? '') : b.changedAt.localeCompare(a.changedAt)));
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

interface Props {
  items: ConversationSummary[] | null;
  total: number;
  waiting: number;
  words: Words;
  filter: Filter;
  setFilter: (filter: Filter) => void;
  search: string;
  setSearch: (text: string) => void;
  searchBox: RefObject<HTMLInputElement | null>;
  chosen: string | null;
  choose: (id: string) => void;
  me: string;
  unread: (item: ConversationSummary) => string;
}

export function ConversationList({ items, total, waiting, words, filter, setFilter, search, setSearch, searchBox, chosen, choose, me, unread }: Props) {
  const now = useNow();
  return (
    <>
      <div className="list-tools">
        <TextInput ref={searchBox} placeholder={words.search} aria-label={words.search} value={search} onChange={event => setSearch(event.currentTarget.value)} type="search" />
        <SegmentedControl
          fullWidth
          aria-label={words.conversations}
          value={filter}
          onChange={value => setFilter(value as Filter)}
          data={[
            { value: 'all', label: words.all },
            { value: 'waiting', label: waiting > 0 ? `${words.waiting} (${waiting})` : words.waiting },
            { value: 'mine', label: words.mine },
          ]}
        />
      </div>
      {items === null && <div className="empty"><Loader size="sm" aria-label={words.connecting} /></div>}
      {items?.length === 0 && <div className="empty"><Text c="dimmed">{total === 0 ? words.none : search ? words.noneFound : words.noneHere}</Text></div>}
      <ul className="rows">
        {items?.map(item => {
          const count = unread(item);
          const isMine = item.holder === 'operator' && item.operator === me;
          return (
            <li key={item.id}>
              <button type="button" className={`row ${item.holder}${count ? ' unread' : ''}`} aria-current={item.id === chosen ? 'true' : undefined} onClick={() => choose(item.id)}>
                <span className="row-top">
                  <b>{nameOf(item, words)}</b>
                  <Badge size="xs" variant="default" tt="uppercase">{item.language}</Badge>
                  <span className="spring" />
                  <time dateTime={item.changedAt}>{span(words, item.changedAt, now)}</time>
                </span>
                <span className="row-text">
                  <span>{item.lastAuthor === 'bot' ? `${words.bot}: ` : item.lastAuthor === 'operator' ? '↩ ' : ''}{item.lastText ?? '—'}</span>
                  {count && <span className="count" aria-label={words.unread(count)}>{count}</span>}
                </span>
                {item.holder === 'bot' && item.attention && <span className="row-holder">⚑ {words.reasons[item.attention] ?? item.attention}</span>}
                {item.holder !== 'bot' && (
                  <span className="row-holder">
                    {item.holder === 'waiting' ? (item.waitingSince ? words.waitingFor(span(words, item.waitingSince, now)) : words.holderWaiting) : isMine ? words.holderMe : words.holderOther(item.operator ?? '?')}
                    {item.holder === 'waiting' && item.reason ? ` · ${words.reasons[item.reason] ?? item.reason}` : ''}
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}

export function nameOf(item: ConversationSummary, words: Words): string {
  return item.name ?? `${words.visitor} ${item.id.slice(0, 5)}`;
}
