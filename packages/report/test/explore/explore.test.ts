import {
  balanceOf,
  designs,
  differencesOf,
  explore,
  exploredShapes,
  sayShape,
  toItsEnd,
  type ExplorationResult,
  type FindingOutcome,
} from '@pinbench/model';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { format } from 'prettier';
import { describe, expect, test } from 'vitest';
import {
  explorationJsonSchema,
  renderExploration,
  renderExplorationJson,
} from '../../src/index.ts';

const kernel = { major: 4, minor: 15 };
const extent = { bound: 5, slots: 1 };
const [fast, unlocked, anyDax, rule, lease] = designs.map((design) =>
  toItsEnd(explore(design, kernel, extent)),
);
if (!fast || !unlocked || !anyDax || !rule || !lease) throw new Error('a design is lacking');

/** As the command line names them where a kernel can be asked. */
const replayable = (finding: FindingOutcome): FindingOutcome =>
  finding.shortest
    ? {
        ...finding,
        shortest: {
          ...finding.shortest,
          file: `x/${finding.name}`,
          command: `replay ${finding.name}`,
        },
      }
    : finding;

const result: ExplorationResult = {
  schema: 1,
  bench: { version: '0.1.0' },
  kernel: '4.15',
  ...extent,
  alphabet: exploredShapes.map(sayShape),
  explorations: [
    { ...fast, findings: fast.findings.map(replayable) },
    unlocked,
    anyDax,
    rule,
    lease,
  ],
  balances: [
    balanceOf(unlocked, fast),
    balanceOf(anyDax, unlocked),
    balanceOf(rule, anyDax),
    balanceOf(lease, rule),
  ],
};

const compared: ExplorationResult = {
  ...result,
  explorations: [rule, lease],
  balances: [balanceOf(rule, lease)],
  differences: toItsEnd(differencesOf(designs[3], designs[4], kernel, { bound: 3, slots: 1 })),
};

describe('an exploration for a person', () => {
  test('is a table of all designs, and the stories of each', async () => {
    const text = renderExploration(result, { color: false });
    await expect(text).toMatchFileSnapshot('../fixtures/explore.txt');
  });

  test('of two that are compared ends with where they first differ', async () => {
    const text = renderExploration(compared, { color: false });
    await expect(text).toMatchFileSnapshot('../fixtures/explore-against.txt');
  });

  test('says so where two answer alike', () => {
    const text = renderExploration({ ...compared, differences: [] }, { color: false });
    expect(text).toContain('longterm and lease answer alike, up to 5 operations.');
  });

  test('tells once what two stories begin with, and what one sequence shows', () => {
    const text = renderExploration(result, { color: false });
    expect(text).toContain('1. to 3. as for writes-freed');
    expect(text).toContain('cost revokes, waits-for-owner, in 3 operations');
  });

  test('fits a screen', () => {
    const lines = renderExploration(compared, { color: false }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe('an exploration as JSON', () => {
  const validate = new Ajv2020({ allErrors: true }).compile(explorationJsonSchema());

  test('schema/explore.schema.json is what the code makes (vitest -u writes it)', async () => {
    const text = await format(JSON.stringify(explorationJsonSchema()), {
      parser: 'json',
      printWidth: 100,
    });
    await expect(text).toMatchFileSnapshot('../../schema/explore.schema.json');
  });

  test('is the exploration itself and holds to its schema', () => {
    for (const each of [result, compared]) {
      const parsed: unknown = JSON.parse(renderExplorationJson(each));
      expect(parsed).toEqual(each);
      validate(parsed);
      expect(validate.errors).toBeNull();
    }
    expect(validate({ ...result, kernel: 6.1 })).toBe(false);
  });
});
