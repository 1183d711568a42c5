"""Reports -> the embedding model that comes with the package.

A static model: a vocabulary of characters and of the commonest pairs of characters, a vector each, averaged. It learns
from the reports themselves: neighbouring sentences belong together, a heading to what stands under it, a clause to the
sentence that it was taken from, a few words, bare or as a question and some in traditional characters, to the passage
around them, and a spoken word (老百姓收入) to the sentences with what it means (居民人均可支配收入). Numbers are left
out of the vocabulary: year and place choose a report by rule, not by likeness. So the same topic in another year is no
wrong answer here; as a hard negative it taught nothing (docs/retrieval.md).
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rag.corpus import read_sources
from rag.errors import ReadError, SettingsError
from rag.indicators import TABLE
from rag.types import SourceText

if TYPE_CHECKING:
    from numpy.typing import NDArray

VOCABULARY = 5_000
DIMENSION = 128
BATCH_PAIRS = 512
LEARNING_RATE = 0.015
TEMPERATURE = 0.07
SENTENCE_CHARS = 200  # longer sentences are cut: lists of places teach nothing
SPOKEN_PAIRS = 300  # at most this many sentences for each spoken word
PASSAGE_CHARS = 320  # as long as the passages that will be searched
TOPIC_WORDS = 4  # at most this many words stand for a passage
TRADITIONAL_SHARE = 0.1  # of these words are given in traditional characters too
QUESTION_SHARE = 0.2  # of these words are given as a question too
_QUESTIONS = ("{}有多少", "{}目标是多少", "{}怎么样", "{}完成了多少", "今年{}要做什么", "{}的情况", "{}如何")
_SENTENCE = re.compile(r"[^。！？；\n]{8,}[。！？；]?")
_CLAUSE = re.compile(r"[，,、；]")
_HEADING = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[、）)]\s*([^。\n]{4,40})[。\n]")
_UNKNOWN = "[UNK]"

README = """# The embedding model that comes with 问报

A sentence-transformers `StaticEmbedding`: one vector of {dimension} numbers for each of {tokens} tokens (characters and
common pairs of characters), averaged over a text and brought to length 1. `SentenceTransformer("rag/model")` loads it;
the program itself evaluates it with numpy.

- **Made from** {reports} Chinese government work reports ({sentences} sentences) by `wenbao train REPORTS --out DIR`,
  as {pairs} pairs of texts; by kind: {kinds}.
  No text of a report is inside, nor can one be read back; `training.json` has the settings, the seed and the digests of
  the texts.
- **Left out** of training, to be tested with: reports whose file name holds
  {held_out}.
- **Meant for** finding passages of government work reports, with BM25 beside it; neither side has a prompt.
- **Limits**: numbers, years and places are not told apart, word order neither; spoken words that no report uses have no
  meaning of their own; other kinds of text were never seen.
- **Figures**: `docs/retrieval.md` of the project, from `wenbao eval retrieval`.
"""


class Pair(NamedTuple):
    """Two texts that belong together, and why: neighbours, heading, clause, topic, question, traditional or spoken."""

    kind: str
    anchor: str
    positive: str


@dataclass(frozen=True, slots=True)
class Training:
    """What a model was made from, and how."""

    reports: int
    sentences: int
    pairs: int
    kinds: Mapping[str, int]
    tokens: int
    dimension: int
    batch_pairs: int
    learning_rate: float
    temperature: float
    seed: int
    excluded: tuple[str, ...]
    text_sha256: tuple[str, ...]


def train_encoder(
    paths: Iterable[Path | str],
    out: Path,
    *,
    exclude: Sequence[str] = (),
    seed: int = 0,
    say: Callable[[str], None] = lambda line: None,
) -> Training:
    """What was trained; the model itself is written to ``out`` in the sentence-transformers format.

    Args:
        paths: Files and folders of reports.
        out: Folder for the model; what it held of a model is replaced.
        exclude: Reports whose file name holds one of these words are left out, to be tested with.
        seed: Of everything random.
        say: Called with a line for each step.

    Raises:
        ReadError: If no report could be read.
    """
    texts = _texts(paths, exclude)
    if not texts:
        raise ReadError(
            "没有读到可用于训练的报告：请给出报告文件或文件夹。",
            en="No reports to train on: name report files or folders.",
        )
    reports = [sentences_of(text) for text in texts]
    sentences = [sentence for report in reports for sentence in report]
    say(f"{len(reports)} reports, {len(sentences)} sentences")
    pairs = make_pairs(texts, rng=random.Random(seed))
    foreign = [pair.anchor for pair in pairs if pair.kind == "traditional"]
    tokenizer = build_tokenizer([*sentences, *foreign])
    say(f"{tokenizer.get_vocab_size()} tokens, {len(pairs)} pairs")
    rows = first_rows(tokenizer, reports, rng=np.random.default_rng(seed))
    training = Training(
        reports=len(reports),
        sentences=len(sentences),
        pairs=len(pairs),
        kinds=dict(sorted(Counter(pair.kind for pair in pairs).items())),
        tokens=int(tokenizer.get_vocab_size()),
        dimension=DIMENSION,
        batch_pairs=BATCH_PAIRS,
        learning_rate=LEARNING_RATE,
        temperature=TEMPERATURE,
        seed=seed,
        excluded=tuple(exclude),
        text_sha256=tuple(sorted(map(digest_of, texts))),
    )
    model = _learn(tokenizer, rows, pairs, seed=seed)
    _save(model, out, training)
    say(f"saved to {out}")
    return training


def sentences_of(text: str) -> list[str]:
    """The sentences of a report that are long enough to mean something, in order."""
    return [found.group().strip()[:SENTENCE_CHARS] for found in _SENTENCE.finditer(text)]


def build_tokenizer(sentences: Iterable[str]) -> Any:
    """A tokenizer of characters and common pairs of characters; everything but letters and % is left out."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer: Any = Tokenizer(models.BPE(unk_token=_UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[^\p{L}%]+"), "removed")
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        max_token_length=2,
        limit_alphabet=VOCABULARY,
        special_tokens=[_UNKNOWN],
        show_progress=False,
    )
    tokenizer.train_from_iterator(sentences, trainer)
    return tokenizer


def digest_of(text: str) -> str:
    """What training.json says of a text that was trained on: the first 16 digits of its SHA-256."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def make_pairs(texts: Sequence[str], *, rng: random.Random) -> list[Pair]:
    """Pairs of texts that belong together, from the texts of reports, shuffled."""
    reports = [sentences_of(text) for text in texts]
    pairs = [Pair("neighbours", a, b) for report in reports for a, b in pairwise(report)]
    for report in reports:
        pairs += [pair for pair in (_clause_pair(sentence, rng) for sentence in report) if pair]
    pairs += [pair for text in texts for pair in _heading_pairs(text)]
    topics = [pair for report in reports for pair in _topic_pairs(report, rng)]
    pairs += topics + _as_questions(topics, rng) + _in_traditional(topics, rng)
    pairs += _spoken_pairs(reports, rng)
    rng.shuffle(pairs)
    return pairs


def first_rows(tokenizer: Any, reports: Sequence[Sequence[str]], *, rng: np.random.Generator) -> NDArray[np.float32]:
    """Random rows, longer for rarer tokens, so that common ones weigh little from the start."""
    seen = np.zeros(tokenizer.get_vocab_size())
    total = 0
    for report in reports:
        for encoding in tokenizer.encode_batch_fast(list(report), add_special_tokens=False):
            seen[np.unique(encoding.ids).astype(int)] += 1
            total += 1
    weights = np.log((total + 1) / (seen + 1)) / np.log(total + 1)
    rows = rng.normal(size=(len(seen), DIMENSION)) * weights[:, None] / np.sqrt(DIMENSION)
    first: NDArray[np.float32] = rows.astype(np.float32)
    return first


def _texts(paths: Iterable[Path | str], exclude: Sequence[str]) -> list[str]:
    """The texts to learn from, each once, in the order of their files."""
    sources = [
        s for s in read_sources(list(paths)) if isinstance(s, SourceText) and not _is_excluded(s.source, exclude)
    ]
    return [text for text in dict.fromkeys(source.text for source in sources) if sentences_of(text)]


def _is_excluded(source: str, words: Sequence[str]) -> bool:
    name = Path(source).name
    return any(word in name for word in words)


def _clause_pair(sentence: str, rng: random.Random) -> Pair | None:
    clauses = [clause for clause in _CLAUSE.split(sentence) if len(clause) >= 4]
    if len(clauses) < 2:
        return None
    clause = rng.choice(clauses)
    return Pair("clause", clause, sentence.replace(clause, ""))


def _heading_pairs(text: str) -> list[Pair]:
    found = []
    for heading in _HEADING.finditer(text):
        below = text[heading.end() : heading.end() + PASSAGE_CHARS].strip()
        if below:
            found.append(Pair("heading", heading.group(1).strip(), below))
    return found


def _topic_pairs(report: Sequence[str], rng: random.Random) -> list[Pair]:
    """For each sentence a few words that follow one another in it, and the passage around it without these words."""
    import rjieba

    found = []
    for passage in _passages(report):
        whole = "".join(passage)
        for sentence in passage:
            words = [w for w in dict.fromkeys(rjieba.cut(sentence)) if len(w) > 1 and w.isalpha()]
            if len(words) < 3:
                continue
            at = rng.randrange(len(words))
            chosen = words[at : at + rng.randint(1, TOPIC_WORDS)]
            rest = whole
            for word in chosen:
                rest = rest.replace(word, "")
            found.append(Pair("topic", " ".join(chosen), rest))
    return found


def _passages(report: Sequence[str]) -> list[list[str]]:
    """The sentences of a report in runs about as long as a passage."""
    found: list[list[str]] = [[]]
    for sentence in report:
        if sum(map(len, found[-1])) >= PASSAGE_CHARS:
            found.append([])
        found[-1].append(sentence)
    return found


def _as_questions(topics: Sequence[Pair], rng: random.Random) -> list[Pair]:
    chosen = [pair for pair in topics if rng.random() < QUESTION_SHARE]
    return [Pair("question", rng.choice(_QUESTIONS).format(p.anchor.replace(" ", "")), p.positive) for p in chosen]


def _in_traditional(topics: Sequence[Pair], rng: random.Random) -> list[Pair]:
    from opencc import OpenCC

    convert: Callable[[str], str] = OpenCC("s2t").convert
    chosen = [pair for pair in topics if rng.random() < TRADITIONAL_SHARE]
    return [Pair("traditional", convert(pair.anchor), pair.positive) for pair in chosen]


def _spoken_pairs(reports: Sequence[Sequence[str]], rng: random.Random) -> list[Pair]:
    pairs: list[Pair] = []
    for indicator in TABLE:
        holding = [s for report in reports for s in report if any(name in s for name in indicator.names)]
        for said in (*indicator.spoken, *indicator.names):
            others = [s for s in rng.sample(holding, min(len(holding), 2 * SPOKEN_PAIRS)) if said not in s]
            pairs += [Pair("spoken", said, sentence) for sentence in others[:SPOKEN_PAIRS]]
    return pairs


def _learn(tokenizer: Any, rows: NDArray[np.float32], pairs: Sequence[Pair], *, seed: int) -> Any:
    """The model after one round over the pairs, each told from the others of its batch."""
    try:
        import accelerate  # noqa: F401 - the trainer needs it and says so late
        from datasets import Dataset
    except ImportError as error:
        raise SettingsError(
            "训练需要另外两个库，请先运行：pip install -c constraints.txt '.[train]'",
            en="Training needs two more libraries; run: pip install -c constraints.txt '.[train]'",
        ) from error
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
    from sentence_transformers.sentence_transformer.losses import MultipleNegativesSymmetricRankingLoss
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from sentence_transformers.sentence_transformer.training_args import SentenceTransformerTrainingArguments

    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=rows)], device="cpu")
    data = Dataset.from_dict({"anchor": [p.anchor for p in pairs], "positive": [p.positive for p in pairs]})
    with tempfile.TemporaryDirectory(prefix="wenbao-train-") as scratch:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=scratch,
            num_train_epochs=1,
            per_device_train_batch_size=BATCH_PAIRS,
            learning_rate=LEARNING_RATE,
            weight_decay=0.0,
            lr_scheduler_type="linear",
            dataloader_drop_last=True,
            save_strategy="no",
            logging_strategy="no",
            report_to="none",
            disable_tqdm=True,
            use_cpu=True,
            seed=seed,
        )
        loss = MultipleNegativesSymmetricRankingLoss(model, scale=1 / TEMPERATURE)
        SentenceTransformerTrainer(model=model, args=arguments, train_dataset=data, loss=loss).train()
    return model


def _save(model: Any, out: Path, training: Training) -> None:
    out.mkdir(parents=True, exist_ok=True)
    model.save(str(out), create_model_card=False)
    kinds = ", ".join(f"{kind} {count}" for kind, count in training.kinds.items())
    held_out = "、".join(training.excluded) or "nothing"
    readme = README.format(**{**asdict(training), "kinds": kinds, "held_out": held_out})
    (out / "README.md").write_text(readme, encoding="utf-8", newline="\n")
    text = json.dumps(asdict(training), ensure_ascii=False, indent=1)
    (out / "training.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    for path in out.iterdir():  # safetensors writes a file that only its owner may read
        if path.is_file():
            path.chmod(0o644)
