import type { Facts } from '../facts.js';
import { namesIn } from '../facts.js';
import { append, removeFirst } from '../lines.js';
import type { Place } from '../place.js';
import { VERSION } from '../../version.js';
import { blockSeq, documentOf, insertItem, stringsOf } from '../yaml.js';

const WORKFLOW = `name: migration-guard
on: pull_request
permissions:
  contents: read
jobs:
  migration-guard:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - uses: migration-guard/migration-guard@v${VERSION}
`;

/** The one that wrote a file may have been an older one. */
function unversioned(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/(migration-guard@v?)\d[\w.-]*/g, '$1');
}

/** A file of ours alone: made where it is not, and gone again when nobody has changed it. */
function ownFile(place: Omit<Place, 'add' | 'remove' | 'byHand'>, content: string): Place {
  return {
    ...place,
    add: (text) => text ?? content,
    remove: (text) => (unversioned(text) === unversioned(content) ? null : text),
    byHand: content,
  };
}

function githubPlaces(facts: Facts): Place[] {
  const hosted = facts.has('.github') || /url\s*=\s*\S*github\.com[:/]/.test(facts.read('.git/config') ?? '');
  const path = '.github/workflows/migration-guard.yml';
  const elsewhere = namesIn(facts, '.github/workflows').some(
    (name) => name !== 'migration-guard.yml' && (facts.read(`.github/workflows/${name}`) ?? '').includes('migration-guard'),
  );
  if (!hosted || elsewhere) return [];
  return [ownFile({ id: 'github', effect: 'pull requests get annotations and a summary', path }, WORKFLOW)];
}

const JOB_FILE = '.gitlab/migration-guard.yml';

function job(stage: string): string {
  return `migration-guard:
  image: node:22
  stage: ${stage}
  variables:
    GIT_DEPTH: '0'
  script:
    - |
      if [ -n "\${CI_MERGE_REQUEST_TARGET_BRANCH_NAME:-}" ]; then
        git fetch --no-tags origin -- "$CI_MERGE_REQUEST_TARGET_BRANCH_NAME"
        set -- --since FETCH_HEAD
      else
        set -- --all
      fi
      npx --yes -- migration-guard@${VERSION} "$@" --output-file gitlab=gl-code-quality-report.json
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
`;
}

function includePlace(): Place {
  const item = [`- local: ${JOB_FILE}`];
  const block = ['', 'include:', `  ${item[0] ?? ''}`];
  return {
    id: 'gitlab',
    effect: 'the pipeline of a merge request takes part in its Code Quality report',
    path: '.gitlab-ci.yml',
    add: (text) => {
      const document = text === null ? null : documentOf(text);
      if (text === null || document === null) return null;
      if (text.includes(JOB_FILE)) return text;
      if (!document.has('include')) return append(text, block);
      const included = blockSeq(document.get('include'));
      return included === null ? null : insertItem(text, included, item);
    },
    remove: (text) => removeFirst(text, [block, item]),
    byHand: block.slice(1).join('\n'),
  };
}

function gitlabPlaces(facts: Facts): Place[] {
  const pipeline = facts.read('.gitlab-ci.yml');
  if (pipeline === null) return [];
  const stages = stringsOf(documentOf(pipeline)?.get('stages'));
  const stage = stages.length === 0 || stages.includes('test') ? 'test' : (stages[0] ?? 'test');
  return [includePlace(), ownFile({ id: 'gitlab', effect: 'the job itself', path: JOB_FILE }, job(stage))];
}

export function ciPlaces(facts: Facts): Place[] {
  return [...githubPlaces(facts), ...gitlabPlaces(facts)];
}
