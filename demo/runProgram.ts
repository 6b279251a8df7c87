// Runs one call of `tsh` or `tctl`: applies a fault, parses the arguments, runs the command and returns the
// exit code.
import { join } from 'node:path';
import { runAlias } from './client/aliases.ts';
import { addKeyToAgent } from './client/sshAgent.ts';
import { parseArguments, UsageError, type FlagSpec, type Grammar } from './cli/kingpinParser.ts';
import type { Command } from './client/command.ts';
import { Refusal } from './cli/refusal.ts';
import { applyFault, takeFault, type Fault } from './client/faults.ts';
import { tctlGlobals, tshGlobals } from './cli/globalFlags.ts';
import { escapeUnprintable } from './cli/goFormat.ts';
import { kubeCommands, kubeGroup } from './tsh/tshKube.ts';
import { homeOf, openSession, type Output } from './client/session.ts';
import { tctlCommands } from './tctl/tctl.ts';
import { tctlRequestGroup } from './tctl/tctlRequests.ts';
import { loginCommands } from './tsh/tshLogin.ts';
import { nodeCommands } from './tsh/tshNodes.ts';
import { sshCommands } from './tsh/tshSsh.ts';
import { requestCommands, requestGroup } from './tsh/tshRequests.ts';
import { usageText } from './cli/kingpinUsage.ts';

/** The flags, commands and command groups of a program. */
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

/** Runs the program `name` with `argv` on the cluster in `dir`. Resolves to the exit code. */
export async function runProgram(
  name: 'tsh' | 'tctl',
  dir: string,
  argv: readonly string[],
): Promise<number> {
  const { env } = process;
  const fault = takeFault(dir, homeOf(env), argv);
  const faultCode = await applyFault(fault);
  if (faultCode !== undefined) return faultCode;
  const held = new HeldOutput();
  const isHeld = fault && ['half', 'killed', 'stop-after', 'lost'].includes(fault.do);
  const code = await runCommand(name, dir, argv, isHeld ? held : { out: writeOut, err: writeErr }, fault);
  if (!isHeld) return code;
  if (fault.do === 'lost') {
    return printRefusal({ out: writeOut, err: writeErr }, new Refusal(lostConnection));
  }
  if (fault.do !== 'stop-after') writeOut(held.text.slice(0, held.text.length / 2));
  if (fault.do !== 'half') process.kill(process.pid, 'SIGKILL');
  return 0;
}

const lostConnection = 'error reading from server: EOF';

const writeOut = (text: string): void => void process.stdout.write(text);
const writeErr = (text: string): void => void process.stderr.write(text);

/** Collects stdout instead of printing it, and discards stderr. */
class HeldOutput implements Output {
  text = '';
  out = (text: string): void => {
    this.text += text;
  };
  err = (): void => undefined;
}

async function runCommand(
  name: 'tsh' | 'tctl',
  dir: string,
  argv: readonly string[],
  output: Output,
  fault: Fault | undefined,
): Promise<number> {
  try {
    const alias =
      name === 'tsh' ? runAlias(argv, homeOf(process.env), process.env, join(dir, 'bin', 'tsh')) : undefined;
    if (alias !== undefined) return alias;
    const { globals, commands } = programs[name];
    const { command, parsed } = parseArguments(argv, globals, commands);
    if (fault?.do === 'german') throw new Refusal('Der Zugriff wurde verweigert: unbekannter Fehler');
    if (fault?.do === 'fail') throw new Refusal('rpc error: code = Internal desc = internal server error');
    if (fault?.do === 'refuse') throw new Refusal(fault.words ?? 'access denied');
    if (parsed.isSet('debug') || isTrue(process.env['TELEPORT_DEBUG'])) output.err(debugOutput);
    const session = openSession(name, dir, process.env, parsed, output, fault?.do === 'offline');
    const updateAgent = async (): Promise<void> => {
      if (name === 'tsh') await addKeyToAgent(session, command);
    };
    await updateAgent();
    try {
      await command.run(session);
    } finally {
      // The command may have re-issued the login, and so changed its key.
      await updateAgent();
    }
    return 0;
  } catch (error) {
    if (error instanceof UsageError) return printRefusal(output, usageRefusal(name, error));
    if (error instanceof Refusal) return printRefusal(output, error);
    throw error;
  }
}

const isTrue = (text = ''): boolean => /^(1|t|true)$/i.test(text);

/** The lines that a program prints on stderr with `--debug`. */
const debugOutput =
  '2026-11-22T13:47:38Z DEBU [CLIENT]    Attempting to load profile. client/client.go:1\n' +
  '2026-11-22T13:47:38Z ERRO [TSH]       ERROR: access denied to "{\\"kind\\":[]}" (only debugging) tsh/tsh.go:1\n';

/** Turns a usage error into a refusal that prints the usage text first. */
function usageRefusal(name: 'tsh' | 'tctl', error: UsageError): Refusal {
  const { globals, commands, groups } = programs[name];
  const { words, commandLineIncomplete, message } = error;
  const usage = usageText(name, words, globals, commands, groups, commandLineIncomplete);
  return new Refusal(message, {
    preface: (commandLineIncomplete ? `${name}: error: ${message}\n` : '') + usage,
  });
}

/** Prints a refusal as tsh and tctl do and returns their exit code. */
function printRefusal(output: Output, { preface, message, coloured }: Refusal): number {
  const red = coloured && process.platform !== 'win32';
  output.err(`${preface}${red ? '\x1b[31mERROR: \x1b[0m' : 'ERROR: '}${escapeUnprintable(message)}\n\n`);
  return 1;
}
