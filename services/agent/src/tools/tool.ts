import { z } from 'zod';

/** What a tool found out: `text` says it to a person, the other fields to a program or a language model. */
export interface ToolOutput {
  readonly text: string;
  readonly [field: string]: unknown;
}

/** Something that can be calculated from an input. Pure apart from the clock that some take. */
export interface Tool<Input = unknown> {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the input. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** @throws ToolError in words for a person. */
  run(input: Input): ToolOutput;
}

/** A tool cannot do what it was asked; the message tells a person why. */
export class ToolError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ToolError';
  }
}

/** A tool whose input is checked: callers, language models above all, may pass anything. */
export function defineTool<Input>(definition: {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodType<Input>;
  readonly run: (input: Input) => ToolOutput;
}): Tool {
  return {
    name: definition.name,
    description: definition.description,
    parameters: z.toJSONSchema(definition.input),
    run(input) {
      const checked = definition.input.safeParse(input);
      if (checked.success) return definition.run(checked.data);
      const issue = checked.error.issues[0];
      throw new ToolError(
        `the input is not acceptable: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
      );
    },
  };
}
