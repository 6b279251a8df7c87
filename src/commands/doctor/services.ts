import type * as vscode from 'vscode';
import type { Journal } from '../../state/memory/journal.ts';
import type { KnownRights } from '../../state/memory/knownRights.ts';
import type { Client } from '../../teleport/commands/client.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';
import type { TshKube } from '../../teleport/commands/tshKube.ts';
import type { ResourceSearch } from '../../teleport/commands/tshResourceSearch.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { Environment } from '../../teleport/environment/environment.ts';
import type { SharedServices } from '../shared/services.ts';

/** The services of the Doctor. */
export interface DoctorServices extends SharedServices {
  readonly client: Client;
  readonly tsh: Tsh;
  readonly tctl: Tctl;
  readonly kube: TshKube;
  readonly resources: ResourceSearch;
  readonly mainLogin: Home;
  /** A private home that is named as the main login, and is not used as that; undefined without one. */
  readonly refusedLogin: string | undefined;
  readonly rights: KnownRights;
  readonly journal: Journal;
  /** The environment of the extension host. */
  readonly env: Environment;
  /** The workspace folders on this machine. Programs in them are neither searched nor run. */
  readonly workspace: () => readonly string[];
}

/** What the entries of the Doctor's table read from. */
export interface DoctorParts extends DoctorServices {
  /** VS Code itself, as a parameter: the tests of the table run without it. */
  readonly code: Pick<typeof vscode, 'env' | 'UIKind' | 'version' | 'workspace'>;
  readonly extensionVersion: string;
  /** The setting with the path of a program; empty if it is not set. */
  readonly setting: (name: 'tsh' | 'tctl') => string;
  /** The settings of this extension that hold a relative path, by their titles. */
  readonly relativeSettings: () => readonly string[];
  /** The setting by which another extension types into new terminals; undefined if none does. */
  readonly typingSetting: () => string | undefined;
  /** The environment of the extension host as VS Code was started with it. */
  readonly inherited: Environment;
  /** A stopwatch, in ms from an arbitrary start. */
  readonly elapsed: () => number;
}
