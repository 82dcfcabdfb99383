import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './components/app.tsx';
import { applyTheme, storedTheme } from './config/theme.ts';

applyTheme(storedTheme());

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id “root”');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
