// Kubernetes in a private home.
import { approves, asks, copy, plays, playsAll } from '../../support/replay/play.ts';

const kube = '01a2038b-8cf6-7acd-8fd6-b7df3f24ca21';

export function kubernetes(): void {
  describe('Kubernetes in a private home', () => {
    plays('kube-ls-none', 'alice');
    plays(
      'kiso-login',
      'kiso',
      asks('alice', kube, 'kube'),
      approves('rita', kube, '--reason=go'),
      copy('alice', 'kiso'),
    );
    playsAll('kiso', 'kiso-kube-ls', 'kiso-kube-login', 'kiso-status', 'kiso-drop');
  });
}
