import { z } from 'zod';
import { EXPRESSION_CHARS_MAX, evaluate } from '../number/expression.ts';
import { formatQuantity } from '../number/quantity.ts';
import { ExpressionError } from '../number/tokens.ts';
import { defineTool, ToolError } from './tool.ts';

export const calculate = defineTool({
  name: 'calculate',
  description:
    'Calculates an arithmetic expression exactly where possible: + - * / ^ % ! mod, parentheses, percentages ' +
    '("200 + 10%", "15% of 80"), functions (sqrt, ln, log, sin, round, min, max, mean, gcd, lcm ...), pi, e.',
  input: z.object({ expression: z.string().min(1).max(EXPRESSION_CHARS_MAX) }),
  run({ expression }) {
    try {
      const { text, exact } = formatQuantity(evaluate(expression));
      const said = text.startsWith('≈') ? `${expression.trim()} ${text}` : `${expression.trim()} = ${text}`;
      return { text: `${said}.`, result: text, exact };
    } catch (error) {
      if (error instanceof ExpressionError) {
        throw new ToolError(`${error.message} (at character ${error.at + 1} of "${expression}")`, {
          cause: error,
        });
      }
      if (error instanceof RangeError)
        throw new ToolError(`${error.message} in "${expression}"`, { cause: error });
      throw error;
    }
  },
});
