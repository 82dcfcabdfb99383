import type { Found } from './faults.ts';
import type { CommandEffect, PublishOutcome, SentCommand } from './logs.ts';

/** Judges what the back end did against what was sent (G7): each acknowledged command once, any other at most once. */
export function checkCommands(
  sent: Iterable<SentCommand>,
  effects: Iterable<CommandEffect>,
  found: Found,
): void {
  const outcomes = new Map<string, { readonly command: SentCommand; outcome: PublishOutcome }>();
  for (const command of sent) {
    const known = outcomes.get(keyOf(command));
    if (known === undefined) outcomes.set(keyOf(command), { command, outcome: command.outcome });
    else if (command.outcome === 'acknowledged') known.outcome = 'acknowledged';
  }
  const times = new Map<string, number>();
  for (const effect of effects) {
    const { user, id } = effect;
    const key = keyOf(effect);
    const outcome = outcomes.get(key)?.outcome;
    if (outcome === undefined) found.commandsInvented.push({ user, id, detail: 'sent by nobody' });
    if (outcome === 'refused') found.commandsInvented.push({ user, id, detail: 'refused' });
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  for (const [key, { command, outcome }] of outcomes) {
    const { user, id } = command;
    const count = times.get(key) ?? 0;
    if (count === 0 && outcome === 'acknowledged') found.commandsLost.push({ user, id });
    if (count > 1) found.commandsRepeated.push({ user, id, detail: `${count} times` });
  }
}

function keyOf({ user, id }: { readonly user: string; readonly id: string }): string {
  return `${user}\0${id}`;
}
