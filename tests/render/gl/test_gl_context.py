"""When OpenGL draws, and when it must begin again."""

from __future__ import annotations

import pytest

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

import moderngl

from player.errors import DeviceLostError, OperatorError
from player.render.gl.context import is_gpu, name_of, real_gpu, takes_gl
from player.render.gl.probe import Probe


@pytest.mark.parametrize(
    ("renderer", "is_real"),
    [
        ("llvmpipe (LLVM 15.0.6, 256 bits)", False),
        ("softpipe", False),
        ("Software Rasterizer", False),
        ("Google SwiftShader", False),
        ("zink (llvmpipe (LLVM 17.0.6, 256 bits))", False),
        ("virgl (Mesa Intel(R) UHD Graphics 630)", False),
        ("SVGA3D; build: RELEASE; LLVM;", False),
        ("D3D12 (Microsoft Basic Render Driver)", False),
        ("", False),
        ("Mesa Intel(R) Graphics (ADL-N)", True),
        ("AMD Radeon RX 6600 (radeonsi, navi23, LLVM 17.0.6, DRM 3.57)", True),
        ("NVIDIA GeForce RTX 3060/PCIe/SSE2", True),
        ("NV136", True),
        ("V3D 4.2", True),
    ],
)
def test_a_processor_that_plays_a_gpu_is_none(renderer: str, *, is_real: bool) -> None:
    """What OpenGL calls its renderer tells a GPU from software."""
    assert is_gpu(renderer) == is_real


def test_auto_takes_opengl_on_a_real_gpu_alone(context: moderngl.Context) -> None:
    """`auto` draws with software OpenGL never, `gl` always, `cpu` never; `gl` without OpenGL is said in words."""
    assert takes_gl("auto", context) == real_gpu(context) == is_gpu(name_of(context))
    assert takes_gl("gl", context)
    assert not takes_gl("cpu", context)
    assert not takes_gl("auto", None)
    assert not takes_gl("cpu", None)
    with pytest.raises(OperatorError, match="renderer: gl"):
        takes_gl("gl", None)


def test_a_gpu_that_draws_something_else_is_noticed(context: moderngl.Context) -> None:
    """While the known block comes back as it is nothing happens; when its memory holds something else, this ends."""
    probe = Probe(context)
    probe.check()

    probe.texture.write(bytes(probe.texture.width * probe.texture.height * 4))

    with pytest.raises(DeviceLostError, match="known block"):
        probe.check()
