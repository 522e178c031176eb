"""Train one run: deterministic per seed, checkpointed every epoch, resumable to the same result."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import Module
from torch.nn.utils import clip_grad_norm_

from nn.checkpoint import load_checkpoint, load_result, save_checkpoint, save_result
from nn.models import ARCHITECTURES
from nn.runs import Run, RunResult
from nn.sources import digits, one_shot
from nn.triples import Draw, Triples, draw

#: A batch loss beyond this many times the targets' variance counts as divergence.
DIVERGED = 1e4


def drawn(run: Run) -> Draw:
    """Draw a run's samples."""
    rng = np.random.default_rng(run.streams()["draw"])
    source = digits(run.sources)
    return draw(run.task, source, one_shot(run.sources, run.role, rng), rng)


def train(run: Run, folder: Path, on_epoch: Callable[[], None] = lambda: None) -> RunResult:
    """Train a run, or return its result where it is finished already.

    Args:
        run: what to train.
        folder: where results and checkpoints lie.
        on_epoch: called once for every epoch done, those of an earlier life included.

    Returns:
        its result, which does not depend on how often the run was killed and resumed.

    Raises:
        InputError: a file in ``folder`` belongs to another configuration, or data are damaged.

    """
    finished = load_result(folder, run)
    if finished is not None:
        for _ in range(run.optimizer.epochs):
            on_epoch()
        return finished
    if run.device == "cuda":
        # cuBLAS is deterministic only with a fixed workspace.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        # A warning, not an error: where CUDA has no deterministic kernel (max pooling's gradient
        # in some versions) the run goes on and equal seeds agree up to rounding.
        torch.use_deterministic_algorithms(True, warn_only=True)
    result = _Training(run, drawn(run)).finish(folder, on_epoch)
    save_result(folder, run, result)
    return result


def optimizer_for(run: Run, model: Module) -> torch.optim.Optimizer:
    """Build the optimizer; the fused step is one kernel instead of one per tensor."""
    settings = run.optimizer
    if settings.name == "adamw":
        return torch.optim.AdamW(
            model.parameters(), lr=settings.lr, weight_decay=settings.weight_decay, fused=True
        )
    return torch.optim.SGD(
        model.parameters(),
        lr=settings.lr,
        momentum=settings.momentum,
        weight_decay=settings.weight_decay,
        fused=True,
    )


def rate(step: int, steps: int, peak: float) -> float:
    """Learning rate of a step: linear warm-up over a twentieth of the steps, then a cosine."""
    warm = max(1, steps // 20)
    if step < warm:
        return peak * (step + 1) / warm
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))


class _Training:
    """State of one run between epochs."""

    def __init__(self, run: Run, data: Draw) -> None:
        self.run, self.data = run, data
        self.device = torch.device(run.device)
        self.pool = torch.from_numpy(data.pool)[:, None].to(self.device)
        kept = np.flatnonzero(data.kept)
        self.images = torch.from_numpy(data.train.images[kept]).to(self.device)
        target = data.train.target[kept]
        self.mean = float(target.mean())
        # Sums and maxima keep the paper's units; products run over three decades.
        self.scale = float(target.std()) if run.task.target == "product" else 1.0
        self.target = torch.from_numpy(((target - self.mean) / self.scale).astype(np.float32)).to(
            self.device
        )
        self.order_seed = run.streams()["order"]
        torch.manual_seed(int(run.streams()["weights"].generate_state(1)[0]))
        self.model = ARCHITECTURES[run.model].build(run.encoder).to(self.device)
        self.optimizer = optimizer_for(run, self.model)
        self.epoch = 0
        #: Squared error of each sample when it was last seen.
        self.errors = torch.full((len(kept),), math.inf, device=self.device)
        self.limit = DIVERGED * max(float(target.var()) / self.scale**2, 1e-6)

    def stacked(self, images: Tensor) -> Tensor:
        """Gather samples from the pool: (m, 3) to (m, 3, size, size)."""
        return self.pool[images.reshape(-1)].view(*images.shape, *self.pool.shape[2:])

    def answers(self, images: Tensor) -> Tensor:
        """Model output, encoders in bf16 on CUDA; shape (m,), float32."""
        with torch.autocast(
            self.device.type, dtype=torch.bfloat16, enabled=self.device.type == "cuda"
        ):
            out: Tensor = self.model(self.stacked(images))
        return out.float()

    def finish(self, folder: Path, on_epoch: Callable[[], None]) -> RunResult:
        """Train the epochs that are left and evaluate."""
        state = load_checkpoint(folder, self.run)
        if state is not None:
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.errors = state["errors"].to(self.device)
            self.epoch = int(state["epoch"])
            for _ in range(self.epoch):
                on_epoch()
        while self.epoch < self.run.optimizer.epochs:
            why = self._epoch()
            if why:
                return RunResult(self.run.name, self.run.fingerprint, "diverged", why)
            self.epoch += 1
            if self.epoch < self.run.optimizer.epochs:
                save_checkpoint(
                    folder,
                    self.run,
                    {
                        "model": self.model.state_dict(),
                        "optimizer": self.optimizer.state_dict(),
                        "errors": self.errors,
                        "epoch": self.epoch,
                    },
                )
            on_epoch()
        return self._evaluated()

    def _order(self) -> npt.NDArray[np.int64]:
        """Samples of this epoch in the order in which it goes through them."""
        # Each epoch has its own stream, so a resumed run needs no generator state.
        seed = np.random.SeedSequence(
            entropy=self.order_seed.entropy,
            spawn_key=(*self.order_seed.spawn_key, self.epoch),
        )
        generator = np.random.default_rng(seed)
        focus = self.run.optimizer.focus
        if focus is None or focus.worst + focus.others >= len(self.target):
            return generator.permutation(len(self.target))
        ranked = np.argsort(-self.errors.cpu().numpy(), kind="stable")
        others = generator.choice(ranked[focus.worst :], focus.others, replace=False)
        return generator.permutation(np.concatenate([ranked[: focus.worst], others]))

    def _epoch(self) -> str:
        """Train one epoch; return why it diverged, or nothing."""
        settings = self.run.optimizer
        order = torch.from_numpy(self._order()).to(self.device)
        count = len(order)
        steps = -(-count // settings.batch)
        total = torch.zeros((), device=self.device)
        self.model.train()
        for step in range(steps):
            rows = order[step * settings.batch : (step + 1) * settings.batch]
            lr = rate(self.epoch * steps + step, steps * settings.epochs, settings.lr)
            for group in self.optimizer.param_groups:
                group["lr"] = lr
            errors = (self.answers(self.images[rows]) - self.target[rows]).square()
            self.errors[rows] = errors.detach()
            loss = errors.mean()
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            if settings.clip is not None:
                clip_grad_norm_(self.model.parameters(), settings.clip)
            self.optimizer.step()
            total += loss.detach() * len(rows)
        mean = float(total) / count
        if not math.isfinite(mean) or mean > self.limit:
            return (
                f"diverged in epoch {self.epoch + 1} of {settings.epochs}: the training loss is "
                f"{mean if math.isfinite(mean) else 'not a number'}"
            )
        return ""

    @torch.no_grad()
    def _predict(self, images: np.ndarray) -> np.ndarray:
        """Answers in the units of the target, shape (m,), float64."""
        self.model.eval()
        rows = torch.from_numpy(images).to(self.device)
        parts = [self.answers(part).double().cpu() for part in torch.split(rows, 512)]
        return np.asarray(torch.cat(parts).numpy() * self.scale + self.mean)

    def _evaluated(self) -> RunResult:
        data = self.data
        kept = np.flatnonzero(data.kept)
        sets: dict[str, Triples] = {
            "train": Triples(
                data.train.images[kept], data.train.labels[kept], data.train.target[kept]
            )
        }
        if len(data.probe.target):
            sets["one_shot"] = data.probe
        sets |= data.tests
        losses, baselines = {}, {}
        for name, triples in sets.items():
            predicted = self._predict(triples.images)
            losses[name] = float(np.mean((predicted - triples.target) ** 2))
            baselines[name] = float(np.mean((self.mean - triples.target) ** 2))
        if not all(math.isfinite(loss) for loss in losses.values()):
            why = "diverged: the trained model's losses are not finite"
            return RunResult(self.run.name, self.run.fingerprint, "diverged", why)
        correct = ""
        if self.run.task.kept < 1:
            close = np.abs(self._predict(data.train.images) - data.train.target) < 0.5
            correct = "".join("1" if c else "0" for c in close)
        answers: np.ndarray = (
            self._predict(data.probe.images) if len(data.probe.target) else np.zeros(0)
        )
        return RunResult(
            self.run.name,
            self.run.fingerprint,
            "done",
            "",
            losses,
            baselines,
            tuple(float(t) for t in data.probe.target),
            tuple(float(a) for a in answers),
            correct,
        )
