import { Alert, Button, Center, Loader, useMantineColorScheme } from '@mantine/core';
import { useEffect, useState } from 'react';
import { api, type Me } from './api';
import { Console } from './Console';
import { Login } from './Login';
import { PasswordForm } from './PasswordForm';
import { strings, type Language } from './strings';

const languageKey = 'operator.language';

export function App() {
  const [language, setLanguage] = useState<Language>(() => (localStorage.getItem(languageKey) === 'en' ? 'en' : 'es'));
  const [me, setMe] = useState<Me | null | 'unknown' | 'unavailable'>('unknown');
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  const words = strings[language];

  const ask = () => api.me().then(setMe, () => setMe('unavailable'));
  useEffect(() => void ask(), []);
  useEffect(() => {
    document.documentElement.lang = language;
    localStorage.setItem(languageKey, language);
  }, [language]);

  const look = {
    words,
    language,
    switchLanguage: () => setLanguage(language === 'es' ? 'en' : 'es'),
    switchTheme: () => {
      const isDark = colorScheme === 'auto' ? matchMedia('(prefers-color-scheme: dark)').matches : colorScheme === 'dark';
      setColorScheme(isDark ? 'light' : 'dark');
    },
  };

  if (me === 'unknown') {
    return <Center h="100dvh"><Loader aria-label={words.connecting} /></Center>;
  }

  if (me === 'unavailable') {
    return (
      <Center h="100dvh" p="md">
        <Alert color="yellow" title={words.unavailable}><Button mt="sm" onClick={() => void ask()}>↻</Button></Alert>
      </Center>
    );
  }

  if (me === null) {
    return <Login look={look} onEntered={setMe} />;
  }

  if (me.mustChange) {
    return <Center component="main" mih="100dvh" p="md"><PasswordForm words={words} isForced onDone={setMe} /></Center>;
  }

  return <Console me={me} look={look} onSignedOut={() => setMe(null)} onMe={setMe} />;
}

export interface Look {
  words: (typeof strings)['es'];
  language: Language;
  switchLanguage: () => void;
  switchTheme: () => void;
}
