import { z } from 'zod';

const toolCallDelta = z.object({
  index: z.int().min(0).max(127).default(0),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});

/** One piece of a streamed completion, as far as we read it: servers differ in what else they send. */
export const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({ content: z.string().nullish(), tool_calls: z.array(toolCallDelta).nullish() })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .default([]),
  usage: z
    .object({ prompt_tokens: z.number().optional(), completion_tokens: z.number().optional() })
    .nullish(),
  error: z.object({ message: z.string().optional() }).nullish(),
});

export type Chunk = z.output<typeof chunkSchema>;
