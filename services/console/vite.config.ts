import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** While the console is worked on (`npm run dev`), the ingress of a running system answers what is not a source. */
const INGRESS = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    // light-dark() and container queries are used as they are.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    reportCompressedSize: false,
  },
  server: { proxy: { '/dev/': INGRESS, '/v1': INGRESS, '/healthz': INGRESS } },
});
