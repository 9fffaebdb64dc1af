import '@mantine/core/styles.css';
import './console.css';
import { MantineProvider, createTheme, type CSSVariablesResolver } from '@mantine/core';
import { createRoot } from 'react-dom/client';
import { App } from './App';

const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';
const theme = createTheme({
  primaryColor: 'aromo',
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: '"Segoe UI", system-ui, -apple-system, Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif',
  colors: {
    aromo: ['#eef7f2', '#dcede4', '#b7dac9', '#8fc7ac', '#7fd1b0', '#4ea685', '#388d6d', '#277159', '#17594a', '#0f4438'],
    dark: ['#e3ece7', '#b9c9c1', '#93a79d', '#64786e', '#3a4d44', '#2a3a33', '#1e2b26', '#16211d', '#101916', '#0b120f'],
  },
});

/** Mantine's grey for secondary words is too pale to read on these grounds. */
const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#4f5d55', '--mantine-color-placeholder': '#66736b' },
  dark: { '--mantine-color-dimmed': '#a9bbb2', '--mantine-color-placeholder': '#93a79d' },
});

createRoot(document.getElementById('root')!).render(
  <MantineProvider theme={theme} defaultColorScheme="auto" cssVariablesResolver={resolver} getStyleNonce={() => nonce}>
    <App />
  </MantineProvider>,
);
