import { Alert, Button, Group, Paper, PasswordInput, Stack, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ApiError, api, type Me } from './api';
import type { Words } from './strings';

const shortest = 12;

export function PasswordForm({ words, isForced, onDone, onCancel }: { words: Words; isForced: boolean; onDone: (me: Me) => void; onCancel?: () => void }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (next.length < shortest || next === current) {
      setProblem(words.weak);
      return;
    }

    setBusy(true);
    try {
      onDone(await api.changePassword(current, next));
    } catch (error) {
      const { code } = error as ApiError;
      setProblem(code === 'wrong' ? words.wrong : code === 'weak' ? words.weak : words.unavailable);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Paper withBorder={isForced} p={isForced ? 'xl' : 0} radius="lg" w={isForced ? 400 : undefined} maw="100%">
      <form onSubmit={event => void submit(event)}>
        <Stack>
          {isForced && <Title order={1} size="h3">{words.changePassword}</Title>}
          {isForced && <Alert color="yellow">{words.mustChange}</Alert>}
          {problem && <Alert color="red" role="alert">{problem}</Alert>}
          <PasswordInput label={words.currentPassword} value={current} onChange={event => setCurrent(event.currentTarget.value)} autoComplete="current-password" required withAsterisk={false} data-autofocus />
          <PasswordInput label={words.newPassword} value={next} onChange={event => setNext(event.currentTarget.value)} autoComplete="new-password" required withAsterisk={false} />
          <Group justify="flex-end">
            {onCancel && <Button variant="default" onClick={onCancel}>{words.cancel}</Button>}
            <Button type="submit" loading={isBusy}>{words.save}</Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
