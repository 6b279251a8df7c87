import { rawText, untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { noTraits, type Role, type Traits, type User } from '../census/census.ts';
import { denialsOf, type Denials } from './denials.ts';
import { directPowers, traitsIn } from './directPowers.ts';
import { lower, worst, type FindingSeverity } from './severity.ts';
import { anyMatches } from '../../roles/role/namePatterns.ts';
import { textsAt, valueAt } from '../../roles/role/value.ts';
import { isAdmin, type Power } from './powers.ts';
import { filled } from './traitTemplates.ts';

/** What somebody's own claims make of the templates in their roles. */
interface Admin {
  readonly name: string;
  readonly roles: readonly Untrusted[];
  readonly admin: readonly Untrusted[];
}

/** What roles give, remembered by role, and by role and the traits it asks for. */
export class Grants {
  readonly #roles: ReadonlyMap<Untrusted, Role>;
  readonly #users: readonly User[];
  readonly #known = new Map<Role, Map<string, readonly Power[]>>();
  readonly #asks = new Map<Role, readonly string[] | undefined>();
  #elevated: ReadonlySet<Untrusted> | undefined;
  #admins: readonly Admin[] | undefined;

  /** @param users whom somebody may act as */
  constructor(roles: ReadonlyMap<Untrusted, Role>, users: readonly User[] = []) {
    this.#roles = roles;
    this.#users = users;
  }

  /** What a holder of all these roles has: what one of them denies, none of them gives. */
  of(roles: readonly Role[], traits: Traits): readonly Power[] {
    const denials = denialsOf(roles, traits);
    if (!denials) return roles.flatMap((role) => this.#given(role, traits));
    return roles.flatMap((role) => this.#powers(role, traits, denials));
  }

  /** Whether a role by itself gives admin rights, whoever holds it. */
  isElevated(name: Untrusted): boolean {
    return this.#elevatedRoles().has(name);
  }

  /** What a role gives to somebody without traits. */
  alone(name: Untrusted): readonly Power[] {
    const role = this.#roles.get(name);
    return role ? this.#given(role, noTraits) : [];
  }

  /** Roles may name each other: those that act as elevated ones are added until there are no more. */
  #elevatedRoles(): ReadonlySet<Untrusted> {
    if (this.#elevated) return this.#elevated;
    const found = new Set<Untrusted>();
    for (const role of this.#roles.values())
      if (directPowers(role, noTraits, undefined).some(isAdmin)) found.add(role.name);
    const acting = [...this.#roles.values()].filter((role) => rolesToActAs(role).length > 0);
    for (let before = -1; before < found.size;) {
      before = found.size;
      for (const role of acting)
        if (!found.has(role.name) && this.#impersonates(role, noTraits, undefined, found).some(isAdmin))
          found.add(role.name);
    }
    this.#elevated = found;
    return found;
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

  /** The traits a role has templates for, and the roles one may take by it; undefined where there are none. */
  #asked(role: Role): readonly string[] | undefined {
    if (this.#asks.has(role)) return this.#asks.get(role);
    const names = new Set(traitsIn(role));
    if (takesRoles(role))
      for (const other of this.#named(rolesToActAs(role)))
        for (const trait of traitsIn(other)) names.add(trait);
    const asked = names.size === 0 ? undefined : [...names].sort();
    this.#asks.set(role, asked);
    return asked;
  }

  #named(patterns: readonly string[]): readonly Role[] {
    return [...this.#roles.values()].filter(({ name }) => anyMatches(patterns, rawText(name)));
  }

  #powers(role: Role, traits: Traits, denials: Denials | undefined): readonly Power[] {
    return [
      ...directPowers(role, traits, denials),
      ...this.#impersonates(role, traits, denials, this.#elevatedRoles()),
    ];
  }

  #impersonates(
    role: Role,
    traits: Traits,
    denials: Denials | undefined,
    elevated: ReadonlySet<Untrusted>,
  ): readonly Power[] {
    const allow = valueAt(role.value, ['spec', 'allow']);
    // What cannot be worked out may be anybody.
    const texts = (field: string): readonly string[] =>
      textsAt(allow, ['impersonate', field]).flatMap((text) => filled(text, traits) ?? ['*']);
    const [users, roles] = [texts('users'), texts('roles')];
    // Without users, anybody takes the roles for themselves, with their own traits (CheckImpersonateRoles).
    const takes = takesRoles(role);
    const isDenied = (name: string, user?: string): boolean =>
      (takes ? denials?.taking(name) : denials?.impersonating(name, user)) ?? false;
    if (roles.length === 0 || (!takes && users.length === 0) || isDenied('*')) return [];
    const path = ['spec', 'allow', 'impersonate'];
    const where = valueAt(allow, ['impersonate', 'where']);
    const conditional = typeof where === 'string' && where !== '';
    const power = (values: readonly Untrusted[], grade: FindingSeverity): Power => ({
      kind: 'impersonates',
      role: role.name,
      path,
      conditional,
      values,
      grade: conditional ? lower(grade) : grade,
    });
    if (roles.includes('*')) return [power([untrusted('*')], 'critical')];
    const others = this.#named(roles).filter(({ name }) => name !== role.name && !isDenied(rawText(name)));
    const reached = new Set(others.map(({ name }) => name).filter((name) => elevated.has(name)));
    let grade: FindingSeverity = 'high';
    if (takes)
      for (const other of others) {
        const given = directPowers(other, traits, undefined).filter(isAdmin);
        if (given.length > 0) reached.add(other.name);
        grade = worst([grade, ...given.map((one) => one.grade)]);
      }
    else
      for (const { name, roles: all, admin } of this.#adminsByTraits())
        if (
          anyMatches(users, name) &&
          all.every((one) => anyMatches(roles, rawText(one)) && !isDenied(rawText(one), name))
        )
          for (const one of admin) reached.add(one);
    return reached.size > 0 ? [power([...reached], grade)] : [];
  }

  /** Users whom their own traits make admin by the templates of their roles. */
  #adminsByTraits(): readonly Admin[] {
    this.#admins ??= this.#users.flatMap(({ name, roles, traits }) => {
      if (traits.size === 0) return [];
      const admin = roles.filter((one) => {
        const role = this.#roles.get(one);
        return role && traitsIn(role).length > 0 && directPowers(role, traits, undefined).some(isAdmin);
      });
      return admin.length > 0 ? [{ name: rawText(name), roles, admin }] : [];
    });
    return this.#admins;
  }
}

const rolesToActAs = (role: Role): readonly string[] =>
  textsAt(role.value, ['spec', 'allow', 'impersonate', 'roles']);

/** Whether a role lets its holder take other roles for themselves. */
const takesRoles = (role: Role): boolean =>
  rolesToActAs(role).length > 0 &&
  textsAt(role.value, ['spec', 'allow', 'impersonate', 'users']).length === 0;
