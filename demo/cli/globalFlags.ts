// Flags that several commands share.
import type { FlagSpec } from './kingpinParser.ts';

/** The flags of every tsh command. */
export const tshGlobals: readonly FlagSpec[] = [
  { name: 'login', short: 'l', help: 'Remote host login' },
  { name: 'proxy', help: 'Teleport proxy address' },
  { name: 'user', help: 'Teleport user, defaults to current local user' },
  { name: 'ttl', help: 'Minutes to live for a session' },
  { name: 'identity', short: 'i', help: 'Identity file' },
  { name: 'cert-format', help: 'SSH certificate format' },
  {
    name: 'insecure',
    kind: 'boolean',
    help: "Do not verify server's certificate and host name. Use only in test environments",
  },
  { name: 'auth', help: 'Specify the name of authentication connector to use.' },
  {
    name: 'skip-version-check',
    kind: 'boolean',
    help: 'Skip version checking between server and client.',
  },
  { name: 'debug', short: 'd', kind: 'boolean', help: 'Verbose logging to stdout' },
  {
    name: 'add-keys-to-agent',
    short: 'k',
    help: 'Controls how keys are handled. Valid values are [auto no yes only].',
  },
  {
    name: 'enable-escape-sequences',
    kind: 'boolean',
    help: "Enable support for SSH escape sequences. Type '~?' during an SSH session to list supported sequences. Default is enabled.",
  },
  { name: 'bind-addr', help: 'Override host:port used when opening a browser for cluster logins' },
  {
    name: 'callback',
    help: 'Override the base URL (host:port) of the link shown when opening a browser for cluster logins. Must be used with --bind-addr.',
  },
  {
    name: 'mfa-mode',
    help: 'Preferred mode for MFA and Passwordless assertions (auto, cross-platform, platform, otp)',
  },
  { name: 'headless', kind: 'boolean', help: 'Use headless login. Shorthand for --auth=headless.' },
  {
    name: 'mlock',
    help: 'Determines whether process memory will be locked and whether failure to do so will be accepted (off, auto, best_effort, strict).',
  },
  {
    name: 'piv-slot',
    help: 'Specify a PIV slot key to use for Hardware Key support instead of the default. Ex: "9d"',
  },
  { name: 'jumphost', short: 'J', help: 'SSH jumphost' },
];

/** The flags of every tctl command. */
export const tctlGlobals: readonly FlagSpec[] = [
  { name: 'debug', short: 'd', kind: 'boolean', help: 'Enable verbose logging to stderr' },
  { name: 'config', short: 'c', help: 'Path to a configuration file.' },
  {
    name: 'auth-server',
    help: 'Attempts to connect to specific auth/proxy address(es) instead of local auth',
  },
  { name: 'identity', short: 'i', help: 'Path to an identity file.' },
  {
    name: 'insecure',
    kind: 'boolean',
    help: 'When specifying a proxy address, do not verify its TLS certificate.',
  },
];

/** The flag `--format` of tsh commands. */
export const format: FlagSpec = {
  name: 'format',
  short: 'f',
  help: 'Format output (text, json, yaml)',
  oneOf: ['text', 'json', 'yaml'],
};
