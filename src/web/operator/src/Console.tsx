import { ActionIcon, Badge, Kbd, Menu, Modal, Table, Text, Title } from '@mantine/core';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { api, type Me, type Shadow } from './api';
import type { Look } from './App';
import { ConversationList, ordered, type Filter } from './ConversationList';
import { ConversationPane } from './ConversationPane';
import { useConversations, useHub, useLog } from './live';
import { PasswordForm } from './PasswordForm';
import { useSeen } from './seen';
import { ShadowPane, shadowPage } from './ShadowPane';

/** The console: who waits on the left, the conversation on the right; on a phone one of the two. */
export function Console({ me, look, onSignedOut, onMe }: { me: Me; look: Look; onSignedOut: () => void; onMe: (me: Me) => void }) {
  const { words } = look;
  const { hub, link, epoch } = useHub(true);
  const conversations = useConversations(hub, epoch);
  const [chosen, setChosen] = useState<string | null>(() => decodeURIComponent(location.hash.slice(1)) || null);
  const [filter, setFilter] = useState<Filter>('all');
  const [search, setSearch] = useState('');
  const [dialog, setDialog] = useState<'keys' | 'password' | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const seen = useSeen();
  const log = useLog(hub, epoch, chosen === shadowPage ? null : chosen);
  const [shadow, setShadow] = useState<Shadow | null>(null);
  const searchBox = useRef<HTMLInputElement>(null);

  const visible = useMemo(() => ordered(conversations ?? [], filter, search, me.name), [conversations, filter, search, me.name]);
  const waiting = (conversations ?? []).filter(item => item.holder === 'waiting').length;
  const current = conversations?.find(item => item.id === chosen) ?? null;

  useEffect(() => {
    api.shadow().then(setShadow, () => undefined);
  }, [epoch]);

  const choose = useCallback((id: string | null) => {
    setChosen(id);
    // The address follows, so that a reload comes back here and the phone's back key leaves the conversation.
    if (id === null) {
      history.replaceState(null, '', location.pathname);
    } else {
      history.pushState(null, '', `#${encodeURIComponent(id)}`);
    }
  }, []);

  useEffect(() => {
    const follow = () => setChosen(decodeURIComponent(location.hash.slice(1)) || null);
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);

  useEffect(() => {
    document.title = waiting > 0 ? `(${waiting}) ${words.title}` : words.title;
  }, [waiting, words]);

  useEffect(() => {
    if (link === 'signedOut') {
      onSignedOut();
    }
  }, [link, onSignedOut]);

  const wasLost = useRef(false);
  useEffect(() => {
    if (link === 'lost') {
      wasLost.current = true;
    } else if (link === 'live' && wasLost.current) {
      wasLost.current = false;
      setNotice(words.regained);
      const timer = setTimeout(() => setNotice(null), 4000);
      return () => clearTimeout(timer);
    }
  }, [link, words]);

  const lastRow = log?.at(-1)?.sequence;
  useEffect(() => {
    const mark = () => {
      if (chosen && lastRow && document.visibilityState === 'visible') {
        seen.mark(chosen, lastRow);
      }
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [chosen, lastRow, seen]);

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isWriting = (event.target as HTMLElement).matches('input, textarea');
      const step = (by: number) => {
        const at = visible.findIndex(item => item.id === chosen);
        const next = visible[at < 0 ? 0 : Math.min(visible.length - 1, Math.max(0, at + by))];
        if (next) {
          choose(next.id);
        }
      };
      if (event.altKey && !event.ctrlKey && !event.metaKey) {
        // By the place of the key: with Alt held, some layouts turn letters into other signs.
        const action: Record<string, () => void> = {
          ArrowDown: () => step(1),
          ArrowUp: () => step(-1),
          KeyN: () => visible[0] && choose(ordered(conversations ?? [], 'all', '', me.name)[0]!.id),
          KeyT: () => document.getElementById('take')?.click(),
          KeyD: () => document.getElementById('give-back')?.click(),
        };
        if (action[event.code]) {
          event.preventDefault();
          action[event.code]!();
        }
      } else if (!isWriting && event.key === '/') {
        event.preventDefault();
        searchBox.current?.focus();
      } else if (!isWriting && event.key === '?') {
        setDialog('keys');
      } else if (event.key === 'Escape' && !event.defaultPrevented && dialog === null) {
        if (isWriting) {
          (event.target as HTMLElement).blur();
        } else if (matchMedia('(max-width: 760px)').matches) {
          choose(null);
        }
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [visible, conversations, chosen, choose, me.name, dialog]);

  async function signOut() {
    await api.logout().catch(() => undefined);
    onSignedOut();
  }

  return (
    <div className={chosen ? 'console has-chosen' : 'console'}>
      <header className="console-head">
        <Title order={1} size="h4">{words.title}</Title>
        <Text size="sm" c="dimmed" className="wide">{words.clinic}</Text>
        <span className="spring" />
        <Badge color={link === 'live' ? 'aromo' : 'orange'} variant={link === 'live' ? 'light' : 'filled'} role="status">
          {link === 'live' ? words.live : words.connecting}
        </Badge>
        <Menu position="bottom-end" withArrow>
          <Menu.Target>
            <ActionIcon variant="default" size="lg" aria-label={words.menu}>{me.name.slice(0, 1).toUpperCase()}</ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>{me.name}</Menu.Label>
            <Menu.Item onClick={look.switchTheme}>{words.theme}</Menu.Item>
            <Menu.Item onClick={look.switchLanguage}>{words.language}</Menu.Item>
            <Menu.Item onClick={() => setDialog('keys')}>{words.shortcuts}</Menu.Item>
            <Menu.Item onClick={() => setDialog('password')}>{words.changePassword}</Menu.Item>
            <Menu.Divider />
            <Menu.Item onClick={() => void signOut()}>{words.signOut}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </header>
      {(link === 'lost' || notice) && <p className={link === 'lost' ? 'notice lost' : 'notice'} role="alert">{link === 'lost' ? words.lost : notice}</p>}
      <nav className="console-list" aria-label={words.conversations}>
        {shadow && (shadow.isShadow || shadow.waiting > 0) && (
          <button type="button" id="shadow" className="row shadow-link" aria-current={chosen === shadowPage ? 'true' : undefined} onClick={() => choose(shadowPage)}>
            <b>{words.shadow.open(shadow.waiting)}</b>
          </button>
        )}
        <ConversationList
          items={conversations === null ? null : visible}
          total={conversations?.length ?? 0}
          waiting={waiting}
          {...{ words, filter, setFilter, search, setSearch, searchBox, chosen, choose }}
          me={me.name}
          unread={item => seen.unread(item)}
        />
      </nav>
      <main className="console-pane">
        {chosen === shadowPage ? (
          <ShadowPane look={look} onBack={() => choose(null)} onShadow={setShadow} />
        ) : current ? (
          <ConversationPane key={current.id} summary={current} rows={log} me={me.name} isLive={link === 'live'} look={look} onBack={() => choose(null)} />
        ) : (
          <div className="empty"><Text c="dimmed">{conversations?.length === 0 ? words.none : words.choose}</Text></div>
        )}
      </main>
      <Modal opened={dialog === 'keys'} onClose={() => setDialog(null)} title={words.shortcuts} centered closeButtonProps={{ 'aria-label': words.cancel }}>
        <Table withRowBorders={false}>
          <Table.Tbody>
            {words.keys.map(([key, meaning]) => (
              <Table.Tr key={key}><Table.Td><Kbd>{key}</Kbd></Table.Td><Table.Td>{meaning}</Table.Td></Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Modal>
      <Modal opened={dialog === 'password'} onClose={() => setDialog(null)} title={words.changePassword} centered closeButtonProps={{ 'aria-label': words.cancel }}>
        <PasswordForm
          words={words}
          isForced={false}
          onCancel={() => setDialog(null)}
          onDone={changed => {
            onMe(changed);
            setDialog(null);
            setNotice(words.passwordChanged);
            setTimeout(() => setNotice(null), 4000);
          }}
        />
      </Modal>
    </div>
  );
}

