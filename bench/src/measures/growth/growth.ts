import type { Figure } from '../../results/result.ts';
import type { SystemName } from '../../systems/system-names.ts';
import type { Attempt, Measure, Measured } from '../measure.ts';

export interface Growth {
  readonly name: string;
  readonly title: string;
  readonly systems: readonly SystemName[];
  /** The x axis; a quick run takes the first and the third. */
  readonly steps: readonly number[];
  readonly at: (attempt: Attempt, step: number) => Promise<Measured>;
}

/** How a cost grows: the same measurement at each step, on a system of its own. */
export function growthOf({ name, title, systems, steps, at }: Growth): Measure {
  return {
    name: `growth-${name}`,
    title,
    systems,
    when: 'growth',
    roundsMax: 3,
    run: async (attempt) => {
      const taken = attempt.scaled({ quick: steps.filter((_, i) => i === 0 || i === 2), full: steps });
      const figures: Figure[] = [];
      const notes: string[] = [];
      let [lost, repeats] = [0, 0];
      for (const x of taken) {
        attempt.tell(`at ${x.toLocaleString('en')}`);
        const measured = await at(attempt, x);
        figures.push(...measured.figures.map((figure) => ({ ...figure, x })));
        notes.push(...(measured.notes ?? []).map((note) => `at ${x}: ${note}`));
        lost += measured.lost ?? 0;
        repeats += measured.repeats ?? 0;
      }
      return { figures, notes, lost, repeats };
    },
  };
}
