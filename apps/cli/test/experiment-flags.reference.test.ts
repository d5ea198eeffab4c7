import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addExperimentFlags, requestFromFlags } from '../src/flags/experiment-flags.ts';

function requestOf(line: string): Record<string, unknown> {
  const command = addExperimentFlags(new Command()).exitOverride();
  command.parse(line.split(' '), { from: 'user' });
  return requestFromFlags(command.opts());
}

describe('flags', () => {
  it('have the help that the schema has, each of them', () => {
    const { options } = addExperimentFlags(new Command());
    const helpless = options.filter(
      ({ long, description }) => description === '' && !/--(use_|step_)/.test(long ?? ''),
    );
    expect(helpless.map(({ long }) => long)).toEqual([]);
  });

  it("takes the reference's own command line", () => {
    const line =
      '--use_dataset CUB --use_loss triplet --instances 3 --lr 0.5e-5 --lr_p 0.25e-5 --lr_gamma 0.1 --sec_wei 1.0';
    expect(requestOf(line)).toEqual({
      dataset: 'CUB',
      loss: 'triplet',
      instances: 3,
      lr: 0.5e-5,
      lr_p: 0.25e-5,
      lr_gamma: 0.1,
      sec_wei: 1,
    });
  });

  it('reads a learning rate of 0 as the default, as the reference does', () => {
    expect(requestOf('--dataset shapes --loss ms --lr 0 --lr_p 0')).toEqual({ dataset: 'shapes', loss: 'ms' });
  });

  it('reads booleans, lists and texts by the kind of the field', () => {
    expect(requestOf('--freeze_bn 0 --need_bn true --milestones 3000,6000 --tags a,b --name x')).toEqual({
      freeze_bn: false,
      need_bn: true,
      milestones: [3000, 6000],
      tags: ['a', 'b'],
      name: 'x',
    });
  });

  it('leaves what it cannot read for the API to refuse with the field named', () => {
    expect(requestOf('--lr fast --need_bn maybe')).toEqual({ lr: 'fast', need_bn: 'maybe' });
  });
});
