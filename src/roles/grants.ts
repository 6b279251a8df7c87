import { bare, foreign, type Foreign } from '../access/text.ts';
import { noTraits, type Role, type Traits } from './census.ts';
import { denialsOf, everyResource, reachOf, rulesOf, type Denials } from './denials.ts';
import { lower, worst, type Grade } from './grade.ts';
import { anyMatches } from './patterns.ts';
import { isPlainObject, textsAt, valueAt, type Plain } from './plain.ts';
import { dangerous, isAdmin, rank, targets, writing, type Power, type Target } from './powers.ts';
import { filled, isTemplate } from './templates.ts';

/** What roles give, remembered by role, and by role and the traits it asks for. */
export class Grants {
  readonly #roles: ReadonlyMap<Foreign, Role>;
  readonly #known = new Map<Role, Map<string, readonly Power[]>>();
  readonly #asks = new Map<Role, readonly string[] | undefined>();
  readonly #elevated = new Map<Foreign, boolean>();

  constructor(roles: ReadonlyMap<Foreign, Role>) {
    this.#roles = roles;
  }

  /** What a holder of all these roles has: what one of them denies, none of them gives. */
  of(roles: readonly Role[], traits: Traits): readonly Power[] {
    const denials = denialsOf(roles, traits);
    if (!denials) return roles.flatMap((role) => this.#given(role, traits));
    return roles.flatMap((role) => this.#powers(role, traits, denials));
  }

  /** Whether a role by itself gives admin rights, whoever holds it. */
  isElevated(name: Foreign): boolean {
    const before = this.#elevated.get(name);
    if (before !== undefined) return before;
    // Roles may name each other.
    this.#elevated.set(name, false);
    const role = this.#roles.get(name);
    const elevated = role !== undefined && this.#given(role, noTraits).some(isAdmin);
    this.#elevated.set(name, elevated);
    return elevated;
  }

  /** What a role gives to somebody without traits. */
  alone(name: Foreign): readonly Power[] {
    const role = this.#roles.get(name);
    return role ? this.#given(role, noTraits) : [];
  }

  #given(role: Role, traits: Traits): readonly Power[] {
    const asked = this.#asked(role);
    const key = asked?.map((trait) => (traits.get(trait) ?? []).join('\u0001')).join('\u0000') ?? '';
    const known = this.#known.get(role) ?? new Map<string, readonly Power[]>();
    this.#known.set(role, known);
    const before = known.get(key);
    if (before) return before;
    const made = this.#powers(role, traits, undefined);
    known.set(key, made);
    return made;
  }

  /** The traits a role has templates for; undefined where it has none. */
  #asked(role: Role): readonly string[] | undefined {
    if (this.#asks.has(role)) return this.#asks.get(role);
    const names = new Set<string>();
    for (const { fields } of targets)
      for (const text of Object.keys(fields).flatMap((field) =>
        textsAt(role.value, ['spec', 'allow', field]),
      ))
        if (isTemplate(text))
          for (const [, dotted, quoted] of text.matchAll(
            /(?:internal|external)(?:\.([\w.-]+)|\["([^"]+)"\])/g,
          ))
            names.add(dotted ?? quoted ?? '');
    const asked = names.size === 0 ? undefined : [...names].sort();
    this.#asks.set(role, asked);
    return asked;
  }

  #powers(role: Role, traits: Traits, denials: Denials | undefined): readonly Power[] {
    const allow = valueAt(role.value, ['spec', 'allow']);
    if (!isPlainObject(allow)) return [];
    return [
      ...targets.flatMap((target) => admin(role, allow, target, traits, denials)),
      ...hostUsers(role, allow, denials),
      ...writes(role, denials),
      ...this.#impersonates(role, allow, denials),
    ];
  }

  #impersonates(role: Role, allow: Plain, denials: Denials | undefined): readonly Power[] {
    const [users, roles] = ['users', 'roles'].map((field) => textsAt(allow, ['impersonate', field]));
    if (!users?.length || !roles?.length || denials?.impersonating('*')) return [];
    const path = ['spec', 'allow', 'impersonate'];
    const where = valueAt(allow, ['impersonate', 'where']);
    const conditional = typeof where === 'string' && where !== '';
    const graded = (grade: Grade): Grade => (conditional ? lower(grade) : grade);
    const power = { kind: 'impersonates', role: role.name, path, conditional } as const;
    if (roles.includes('*')) return [{ ...power, values: [foreign('*')], grade: graded('critical') }];
    const reached = [...this.#roles.keys()].filter(
      (name) =>
        name !== role.name &&
        anyMatches(roles, bare(name)) &&
        !denials?.impersonating(bare(name)) &&
        this.isElevated(name),
    );
    return reached.length > 0 ? [{ ...power, values: reached, grade: graded('high') }] : [];
  }
}

function admin(
  role: Role,
  allow: Plain,
  { kind, labels, fields, grade }: Target,
  traits: Traits,
  denials: Denials | undefined,
): readonly Power[] {
  const reach = reachOf(allow, labels);
  if (reach === 'none' || denials?.labels(labels)) return [];
  const resources = valueAt(allow, ['kubernetes_resources']);
  const narrowed = kind === 'kubernetes' && Array.isArray(resources) && !everyResource(allow);
  const lowered = reach === 'some' ? lower(grade) : grade;
  const found: Power[] = [];
  let others = 0;
  for (const [field, isAdminName] of Object.entries(fields)) {
    const usable = textsAt(allow, [field])
      .flatMap((text) => filled(text, traits) ?? [])
      .filter((text) => !denials?.value(field, text));
    const values = usable.filter((text) => isAdminName.test(text)).map(foreign);
    others += usable.length - values.length;
    if (values.length > 0)
      found.push({
        kind,
        role: role.name,
        path: ['spec', 'allow', field],
        values,
        grade: narrowed ? lower(lowered) : lowered,
        conditional: false,
      });
  }
  if (found.length > 0 || others === 0 || reach === 'some') return found;
  const path = ['spec', 'allow', `${labels}_labels`];
  return [
    { kind: 'reach', role: role.name, path, values: [foreign('*')], grade: 'medium', conditional: false },
  ];
}

/** Accounts made on a node at login, whose sudoers lines make them root. */
function hostUsers(role: Role, allow: Plain, denials: Denials | undefined): readonly Power[] {
  const reach = reachOf(allow, 'node');
  const options = valueAt(role.value, ['spec', 'options']);
  const mode = valueAt(options, ['create_host_user_mode']);
  const makes =
    valueAt(options, ['create_host_user']) === true ||
    (mode !== undefined && ![0, 1, '', 'off', 'HOST_USER_MODE_OFF', null].includes(mode as string));
  if (!makes || reach === 'none' || denials?.labels('node')) return [];
  const values = textsAt(allow, ['host_sudoers'])
    .filter((line) => /\bALL\b/.test(line) && !denials?.value('host_sudoers', line))
    .map(foreign);
  if (values.length === 0) return [];
  const path = ['spec', 'allow', 'host_sudoers'];
  const grade: Grade = reach === 'all' ? 'high' : 'medium';
  return [{ kind: 'hostUsers', role: role.name, path, values, grade, conditional: false }];
}

/** What may be changed by rules: those without a condition, and those with one, a grade lower. */
function writes(role: Role, denials: Denials | undefined): readonly Power[] {
  const rules = rulesOf(role.value, 'allow');
  const found: Power[] = [];
  const seen = new Set<string>();
  for (const conditional of [false, true]) {
    const kinds: string[] = [];
    let at = -1;
    let decides = -1;
    for (const { index, resources, verbs, ...rule } of rules) {
      if (rule.conditional !== conditional) continue;
      const allowed = (kind: string): string[] =>
        (verbs.includes('*') ? writing : verbs.filter((verb) => writing.includes(verb))).filter(
          (verb) => !denials?.rule(kind, verb),
        );
      for (const kind of resources) {
        if (kind in dangerous && !seen.has(kind) && allowed(kind).length > 0) {
          seen.add(kind);
          kinds.push(kind);
          if (at < 0 || rank(kind) < Math.min(...kinds.slice(0, -1).map(rank))) at = index;
        }
        if (kind === 'access_request' && !seen.has(kind) && allowed(kind).includes('update')) {
          seen.add(kind);
          decides = index;
        }
      }
    }
    const graded = (grade: Grade): Grade => (conditional ? lower(grade) : grade);
    const power = { role: role.name, conditional } as const;
    if (kinds.length > 0)
      found.push({
        ...power,
        kind: 'writes',
        path: ['spec', 'allow', 'rules', at],
        values: kinds.sort((a, b) => rank(a) - rank(b)).map(foreign),
        grade: graded(worst(kinds.flatMap((kind) => dangerous[kind] ?? []))),
      });
    if (decides >= 0 && !seen.has('*'))
      found.push({
        ...power,
        kind: 'decides',
        path: ['spec', 'allow', 'rules', decides],
        values: [foreign('access_request')],
        grade: graded('high'),
      });
  }
  return found;
}
