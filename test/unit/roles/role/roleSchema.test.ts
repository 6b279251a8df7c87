import assert from 'node:assert/strict';
import { fieldAt, isStruct, nearestName, roleStruct } from '../../../../src/roles/role/roleSchema.ts';
import {
  isPlainObject,
  type Path,
  type PlainValue,
  type PlainObject,
} from '../../../../src/roles/role/value.ts';
import { readRecording } from '../../../support/recordings.ts';

/** Every path in a value. */
function* paths(value: PlainValue, at: Path = []): Generator<Path> {
  yield at;
  if (Array.isArray(value))
    for (const [index, item] of (value as readonly PlainValue[]).entries())
      yield* paths(item, [...at, index]);
  else if (isPlainObject(value))
    for (const [key, item] of Object.entries(value)) yield* paths(item, [...at, key]);
}

describe('the fields of a role', () => {
  it('hold every field that a real server prints in its roles', () => {
    const roles = JSON.parse(readRecording('tctl-get-role').stdout) as PlainObject[];
    assert.ok(roles.length > 10);
    for (const role of roles)
      for (const path of paths(role)) assert.ok(fieldAt(path) !== undefined, JSON.stringify(path));
  });

  it('hold what came with versions after 17.0', () => {
    for (const path of [
      'request.reason.mode',
      'request.reason.prompt',
      'workload_identity_labels',
      'mcp.tools',
    ])
      assert.ok(fieldAt(['spec', 'allow', ...path.split('.')]) !== undefined, path);
    assert.equal(fieldAt(['spec', 'allow', 'kubernetes_resources', 0, 'api_group']), 'text');
  });

  it('are no keys of a prototype', () => {
    for (const key of ['__proto__', 'constructor', 'toString'])
      assert.equal(fieldAt(['spec', key]), undefined);
    assert.ok(isStruct(roleStruct));
  });
});

describe('the nearest name', () => {
  const known = ['kubernetes_groups', 'kubernetes_users', 'logins', 'max_session_ttl', 'rules', 'where'];
  for (const [typed, meant] of [
    ['kubernetes_group', 'kubernetes_groups'],
    ['kuberentes_groups', 'kubernetes_groups'],
    ['kubernetesGroups', 'kubernetes_groups'],
    ['max-session-ttl', 'max_session_ttl'],
    ['login', 'logins'],
    ['Rules', 'rules'],
  ] as const)
    it(`of ${typed} is ${meant}`, () => assert.equal(nearestName(typed, known), meant));
  for (const typed of ['bogus_field', 'x', '', 'sudo', 'k'.repeat(10_000)])
    it(`of “${typed.slice(0, 12)}” is none`, () => assert.equal(nearestName(typed, known), undefined));
});
