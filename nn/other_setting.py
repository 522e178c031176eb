"""Trainings with a setting that a plain run does not have."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import Linear, Module

from nn import training
from nn.encoders import Encoder, body
from nn.training import _Training as Training
from nn.varied import VariedRun


class Several(Module):
    """Each channel through a shared encoder with several outputs, a linear map of them all.

    Args:
        encoder: how the shared encoder is built.
        outputs: of the encoder, for each channel.

    """

    def __init__(self, encoder: Encoder, outputs: int) -> None:
        super().__init__()
        self.body, width = body(encoder, 1)
        self.last = Linear(width, outputs)
        self.head = Linear(3 * outputs, 1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Map (m, 3, size, size) to (m,)."""
        m = len(images)
        features = self.body(images.reshape(m * 3, 1, *images.shape[2:]))
        with torch.autocast(features.device.type, enabled=False):
            out: torch.Tensor = self.head(self.last(features.float()).view(m, -1))[:, 0]
        return out


@dataclass(frozen=True)
class SettingRun(VariedRun):
    """A run with a setting that a plain run does not have.

    Args:
        penalty: AdamW's weight decay is added to the gradient instead (Adam with L2).
        outputs: of the encoder for each channel; above 1, Linear's head reads them all.

    """

    penalty: bool = False
    outputs: int = 1

    def begun(self, state: Training) -> None:
        """Put the other model or the other optimizer in place."""
        if self.outputs > 1:
            torch.manual_seed(int(self.streams()["weights"].generate_state(1)[0]))
            state.model = Several(self.encoder, self.outputs).to(state.device)
        state.optimizer = training.optimizer_for(self, state.model)
        if self.penalty:
            state.optimizer = torch.optim.Adam(
                state.model.parameters(),
                lr=self.optimizer.lr,
                weight_decay=self.optimizer.weight_decay,
                fused=True,
            )
