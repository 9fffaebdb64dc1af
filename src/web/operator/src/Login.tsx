import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ApiError, api, type Me } from './api';
import type { Look } from './App';

export function Login({ look, onEntered }: { look: Look; onEntered: (me: Me) => void }) {
  const { words } = look;
  const [name, setName] = useState('recepcion');
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isBusy) {
      return;
    }

    setBusy(true);
    setProblem(null);
    try {
      onEntered(await api.login(name.trim(), password));
    } catch (error) {
      const refusal = error as ApiError;
      setProblem(refusal.code === 'locked' ? words.locked(refusal.retryAfter ?? 60) : refusal.code === 'wrong' ? words.wrong : words.unavailable);
      setPassword('');
    } finally {
      setBusy(false);
    }
  }

  return (
    <Center component="main" mih="100dvh" p="md" className="login">
      <Paper withBorder p="xl" radius="lg" w={400} maw="100%" shadow="md">
        <form onSubmit={event => void submit(event)}>
          <Stack>
            <div>
              <Text c="dimmed" size="sm">{words.clinic}</Text>
              <Title order={1} size="h2">{words.title}</Title>
            </div>
            {problem && <Alert color="red" role="alert">{problem}</Alert>}
            <TextInput label={words.name} value={name} onChange={event => setName(event.currentTarget.value)} autoComplete="username" autoCapitalize="none" spellCheck={false} required withAsterisk={false} />
            <PasswordInput label={words.password} value={password} onChange={event => setPassword(event.currentTarget.value)} autoComplete="current-password" required withAsterisk={false} autoFocus />
            <Button type="submit" loading={isBusy} fullWidth size="md">{words.signIn}</Button>
            <Text size="xs" c="dimmed">{words.firstTime}</Text>
            <Button variant="subtle" size="compact-sm" onClick={look.switchLanguage}>{words.language}</Button>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
