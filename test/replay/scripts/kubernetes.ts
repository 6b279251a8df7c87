// Replays Kubernetes in a private home.
import {
  approveRequest,
  createRequest,
  copyHome,
  testRecording,
  testRecordings,
} from '../../support/replay/play.ts';

const kube = '01a2038b-8cf6-7acd-8fd6-b7df3f24ca21';

export function kubernetes(): void {
  describe('Kubernetes in a private home', () => {
    testRecording('kube-ls-none', 'alice');
    testRecording(
      'kiso-login',
      'kiso',
      createRequest('alice', kube, 'kube'),
      approveRequest('rita', kube, '--reason=go'),
      copyHome('alice', 'kiso'),
    );
    testRecordings('kiso', 'kiso-kube-ls', 'kiso-kube-login', 'kiso-status', 'kiso-drop');
  });
}
