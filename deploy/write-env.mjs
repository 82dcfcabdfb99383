// `node deploy/write-env.mjs`: makes deploy/.env of deploy/.env.example, with random secrets. Leaves one that exists alone.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const target = fileURLToPath(new URL('.env', import.meta.url));
if (existsSync(target)) {
  process.stdout.write(`${target} is there already.\n`);
} else {
  const example = readFileSync(new URL('.env.example', import.meta.url), 'utf8');
  // NATS reads a password as a piece of configuration: it must begin with a letter.
  const filled = example.replaceAll(
    /^(\w+)=$/gmu,
    (_, name) => `${name}=p${randomBytes(24).toString('hex')}`,
  );
  writeFileSync(target, filled, { mode: 0o600 });
  process.stdout.write(`${target} is written.\n`);
}
