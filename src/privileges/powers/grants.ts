import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { noTraits, type Census, type Role, type Traits, type User } from '../census/census.ts';
import { denialsOf, type Denials } from './denials.ts';
import { directPowers, traitsUsedBy } from './directPowers.ts';
import { lowerSeverity, worstSeverity, type FindingSeverity } from './severity.ts';
import { anyMatches } from '../../roles/role/namePatterns.ts';
import { contentOf } from '../../roles/role/roleContent.ts';
import { isAdmin, type Power } from './powers.ts';
import { fillTemplate } from './traitTemplates.ts';

/** A user whose traits fill in the templates of their roles with admin rights. */
interface AdminByTraits {
  readonly name: string;
  readonly roles: readonly Untrusted[];
  /** Those of the roles that give admin rights with the user's traits. */
  readonly adminRoles: readonly Untrusted[];
}

/** Computes the powers that roles give, cached by role and by the values of the traits that it uses. */
export class Grants {
  /** The roles that give admin rights to every holder, independently of traits. */
  readonly elevated: ReadonlySet<Untrusted>;
  readonly #roles: ReadonlyMap<Untrusted, Role>;
  readonly #users: readonly User[];
  readonly #powersByRole = new Map<Role, Map<string, readonly Power[]>>();
  readonly #traitsByRole = new Map<Role, readonly string[]>();
  #admins: readonly AdminByTraits[] | undefined;

  constructor({ roles, users }: Census) {
    this.#roles = roles;
    this.#users = users;
    this.elevated = this.#elevatedRoles();
  }

  /** Returns the powers of a holder of all these roles. What one role denies, no other role gives. */
  powersOf(roles: readonly Role[], traits: Traits): readonly Power[] {
    const denials = denialsOf(roles, traits);
    if (!denials) return roles.flatMap((role) => this.#cachedPowers(role, traits));
    return roles.flatMap((role) => this.#powers(role, traits, denials));
  }

  /** Returns the powers that a role gives to a holder without traits. */
  powersWithoutTraits(name: Untrusted): readonly Power[] {
    const role = this.#roles.get(name);
    return role ? this.#cachedPowers(role, noTraits) : [];
  }

  /**
   * Returns the roles that give admin rights without traits. A role that may impersonate one of them is
   * elevated too, so such roles are added until no more are found.
   */
  #elevatedRoles(): ReadonlySet<Untrusted> {
    const elevated = new Set<Untrusted>();
    for (const role of this.#roles.values())
      if (directPowers(role, noTraits, undefined).some(isAdmin)) elevated.add(role.name);
    const impersonating = [...this.#roles.values()].filter((role) => impersonatedRoles(role).length > 0);
    for (let before = -1; before < elevated.size;) {
      before = elevated.size;
      for (const role of impersonating)
        if (
          !elevated.has(role.name) &&
          this.#impersonationPowers(role, noTraits, undefined, elevated).some(isAdmin)
        )
          elevated.add(role.name);
    }
    return elevated;
  }

  #cachedPowers(role: Role, traits: Traits): readonly Power[] {
    const used = this.#relevantTraits(role);
    const key = used.map((trait) => (traits.get(trait) ?? []).join('\u0001')).join('\u0000');
    const byTraits = this.#powersByRole.get(role) ?? new Map<string, readonly Power[]>();
    this.#powersByRole.set(role, byTraits);
    const cached = byTraits.get(key);
    if (cached) return cached;
    const powers = this.#powers(role, traits, undefined);
    byTraits.set(key, powers);
    return powers;
  }

  /**
   * Returns the traits on which the powers of a role depend: those in its own templates and in the roles it
   * may take by role impersonation.
   */
  #relevantTraits(role: Role): readonly string[] {
    const cached = this.#traitsByRole.get(role);
    if (cached) return cached;
    const names = new Set(traitsUsedBy(role));
    if (allowsRoleImpersonation(role))
      for (const other of this.#rolesMatching(impersonatedRoles(role)))
        for (const trait of traitsUsedBy(other)) names.add(trait);
    const used = [...names].sort();
    this.#traitsByRole.set(role, used);
    return used;
  }

  #rolesMatching(patterns: readonly string[]): readonly Role[] {
    return [...this.#roles.values()].filter(({ name }) => anyMatches(patterns, rawText(name)));
  }

  #powers(role: Role, traits: Traits, denials: Denials | undefined): readonly Power[] {
    return [
      ...directPowers(role, traits, denials),
      ...this.#impersonationPowers(role, traits, denials, this.elevated),
    ];
  }

  /** Returns the power to act as users or roles with admin rights, as at most one power. */
  #impersonationPowers(
    role: Role,
    traits: Traits,
    denials: Denials | undefined,
    elevated: ReadonlySet<Untrusted>,
  ): readonly Power[] {
    const { impersonate } = contentOf(role.value).allow;
    // A template that cannot be evaluated may stand for any user or role.
    const [users = [], roles = []] = [impersonate.users, impersonate.roles].map((texts) =>
      texts.flatMap((text) => fillTemplate(text, traits) ?? ['*']),
    );
    // Without users, the holder takes the roles for themselves, with their own traits (Teleport's
    // CheckImpersonateRoles).
    const takesRoles = allowsRoleImpersonation(role);
    const isDenied = (name: string, user?: string): boolean =>
      (takesRoles ? denials?.deniesRoleImpersonation(name) : denials?.deniesImpersonation(name, user)) ??
      false;
    if (roles.length === 0 || (!takesRoles && users.length === 0) || isDenied('*')) return [];
    const path = ['spec', 'allow', 'impersonate'];
    const conditional = impersonate.where !== '';
    const power = (values: readonly Untrusted[], grade: FindingSeverity): Power => ({
      kind: 'impersonates',
      role: role.name,
      path,
      conditional,
      values,
      grade: conditional ? lowerSeverity(grade) : grade,
    });
    if (roles.includes('*')) return [power([untrusted('*')], 'critical')];
    const others = this.#rolesMatching(roles).filter(
      ({ name }) => name !== role.name && !isDenied(rawText(name)),
    );
    const reached = new Set(others.map(({ name }) => name).filter((name) => elevated.has(name)));
    let grade: FindingSeverity = 'high';
    if (takesRoles)
      for (const other of others) {
        const powers = directPowers(other, traits, undefined).filter(isAdmin);
        if (powers.length > 0) reached.add(other.name);
        grade = worstSeverity([grade, ...powers.map((given) => given.grade)]);
      }
    else
      for (const { name, roles: rolesOfUser, adminRoles } of this.#adminsByTraits())
        if (
          anyMatches(users, name) &&
          rolesOfUser.every((held) => anyMatches(roles, rawText(held)) && !isDenied(rawText(held), name))
        )
          for (const adminRole of adminRoles) reached.add(adminRole);
    return reached.size > 0 ? [power([...reached], grade)] : [];
  }

  #adminsByTraits(): readonly AdminByTraits[] {
    this.#admins ??= this.#users.flatMap(({ name, roles, traits }) => {
      if (traits.size === 0) return [];
      const adminRoles = roles.filter((held) => {
        const role = this.#roles.get(held);
        return role && traitsUsedBy(role).length > 0 && directPowers(role, traits, undefined).some(isAdmin);
      });
      return adminRoles.length > 0 ? [{ name: rawText(name), roles, adminRoles }] : [];
    });
    return this.#admins;
  }
}

const impersonatedRoles = ({ value }: Role): readonly string[] => contentOf(value).allow.impersonate.roles;

/** Whether a role allows role impersonation: its holder takes other roles for themselves. */
const allowsRoleImpersonation = (role: Role): boolean =>
  impersonatedRoles(role).length > 0 && contentOf(role.value).allow.impersonate.users.length === 0;
