// Runs one call of `tsh` or `tctl`: arguments, fault, command, exit code.
import { setTimeout as wait } from 'node:timers/promises';
import { keepInAgent } from './agent.ts';
import { parse, UsageError, type FlagSpec, type Grammar } from './arguments.ts';
import type { Command } from './command.ts';
import { Refusal } from './failure.ts';
import { takeFault, type Fault } from './faults.ts';
import { tctlGlobals, tshGlobals } from './flags.ts';
import { inert } from './go.ts';
import { kubeCommands, kubeGroup } from './kubeTsh.ts';
import { homeOf, openSession, type Output } from './session.ts';
import { tctlCommands, tctlRequestGroup } from './tctl.ts';
import { loginCommands } from './tshLogin.ts';
import { nodeCommands } from './tshNodes.ts';
import { sshCommands } from './tshSsh.ts';
import { requestCommands, requestGroup } from './tshRequests.ts';
import { usageText } from './usage.ts';

interface Program {
  readonly globals: readonly FlagSpec[];
  readonly commands: readonly Command[];
  readonly groups: readonly Grammar[];
}

const programs: Readonly<Record<'tsh' | 'tctl', Program>> = {
  tsh: {
    globals: tshGlobals,
    commands: [...loginCommands, ...nodeCommands, ...requestCommands, ...kubeCommands, ...sshCommands],
    groups: [requestGroup, kubeGroup],
  },
  tctl: { globals: tctlGlobals, commands: tctlCommands, groups: [tctlRequestGroup] },
};

/** Runs `name` with `argv` against the cluster in `dir`; resolves to the exit code. */
export async function runProgram(
  name: 'tsh' | 'tctl',
  dir: string,
  argv: readonly string[],
): Promise<number> {
  const { env } = process;
  const fault = takeFault(dir, homeOf(env), argv);
  if (fault?.do === 'hang') await new Promise(() => setInterval(() => undefined, 60_000));
  if (fault?.do === 'slow') await wait(fault.ms ?? 1000);
  if (fault?.do === 'stop-before') process.kill(process.pid, 'SIGKILL');
  if (fault?.do === 'garbage') {
    process.stdout.write('\u0000\ufffd{"kind": [}\n<html>502 Bad Gateway</html>\n');
    return 0;
  }
  const held = new HeldOutput();
  const output: Output =
    fault?.do === 'half' || fault?.do === 'stop-after' ? held : { out: writeOut, err: writeErr };
  const code = await attempt(name, dir, argv, output, fault);
  if (fault?.do === 'stop-after') process.kill(process.pid, 'SIGKILL');
  if (fault?.do !== 'half') return code;
  writeOut(held.text.slice(0, held.text.length / 2));
  return 0;
}

const writeOut = (text: string): void => void process.stdout.write(text);
const writeErr = (text: string): void => void process.stderr.write(text);

/** Keeps stdout back. */
class HeldOutput implements Output {
  text = '';
  out = (text: string): void => {
    this.text += text;
  };
  err = (): void => undefined;
}

async function attempt(
  name: 'tsh' | 'tctl',
  dir: string,
  argv: readonly string[],
  output: Output,
  fault: Fault | undefined,
): Promise<number> {
  try {
    const { globals, commands } = programs[name];
    const { command, parsed } = parse(argv, globals, commands);
    if (fault?.do === 'fail') throw new Refusal('rpc error: code = Internal desc = internal server error');
    const session = openSession(dir, process.env, parsed, output, fault?.do === 'offline');
    const load = async (): Promise<void> => {
      if (name === 'tsh') await keepInAgent(session, command);
    };
    await load();
    // And at the end: the login may have been re-issued.
    try {
      await command.run(session);
    } finally {
      await load();
    }
    return 0;
  } catch (error) {
    if (error instanceof UsageError) return refuse(output, usageRefusal(name, error));
    if (error instanceof Refusal) return refuse(output, error);
    throw error;
  }
}

function usageRefusal(name: 'tsh' | 'tctl', error: UsageError): Refusal {
  const { globals, commands, groups } = programs[name];
  const { words, whileReading, message } = error;
  const usage = usageText(name, words, globals, commands, groups, whileReading);
  return new Refusal(message, { preface: (whileReading ? `${name}: error: ${message}\n` : '') + usage });
}

function refuse(output: Output, { preface, message, coloured }: Refusal): number {
  const red = coloured && process.platform !== 'win32';
  output.err(`${preface}${red ? '\x1b[31mERROR: \x1b[0m' : 'ERROR: '}${inert(message)}\n\n`);
  return 1;
}
