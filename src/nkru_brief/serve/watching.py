"""The door to watchfiles: tells the desk what was changed, and whether it was content or code."""

import asyncio
import os
from pathlib import Path

from nkru_brief.inputs import FOLDERS, built_in_templates
from nkru_brief.serve.desk import Desk
from nkru_brief.toolchain import code_files, code_folders

# Milliseconds: how often changes are asked for, and how long they may go on before they are told.
_STEP = 8
_DEBOUNCE = 40


async def watch(desk: Desk) -> None:
    """Tell a desk of every change, for as long as it runs."""
    await asyncio.gather(_contents(desk), _code(desk), _modules(desk), _fonts(desk))


async def _contents(desk: Desk) -> None:
    from watchfiles import awatch

    wanted = [*(desk.root / name for name in FOLDERS), built_in_templates()]
    while True:
        there = [path for path in wanted if path.is_dir()]
        other_folders = asyncio.Event()
        waiting = asyncio.create_task(_until_others(desk.root, wanted, there, other_folders))
        async for _ in awatch(*there, step=_STEP, debounce=_DEBOUNCE, stop_event=other_folders):
            desk.renew()
        waiting.cancel()
        desk.renew()


async def _until_others(root: Path, wanted: list[Path], there: list[Path], others: asyncio.Event) -> None:
    """Wait until other folders of a project are there than were: a first template makes one."""
    from watchfiles import awatch

    async for _ in awatch(root, recursive=False):
        if [path for path in wanted if path.is_dir()] != there:
            others.set()


async def _code(desk: Desk) -> None:
    """Start the workers again where the builder or a plug-in of several files is changed."""
    from watchfiles import awatch

    templates = built_in_templates()
    async for changes in awatch(*code_folders(), step=_STEP, debounce=_DEBOUNCE):
        if any(not Path(path).is_relative_to(templates) for _, path in changes):
            desk.reload()


async def _modules(desk: Desk) -> None:
    """Start the workers again where a plug-in of one file is changed; what else is in its folder does not matter."""
    from watchfiles import awatch

    files = {str(path) for path in code_files()}
    folders = sorted({str(Path(file).parent) for file in files})
    if not folders:
        return
    async for changes in awatch(*folders, recursive=False, step=_STEP, debounce=_DEBOUNCE):
        if any(path in files for _, path in changes):
            desk.reload()


async def _fonts(desk: Desk) -> None:
    """Start the workers again where a font is changed."""
    from watchfiles import awatch

    async with desk.changed:
        # The fonts in use are known when an edition was looked at.
        await desk.changed.wait_for(lambda: bool(desk.fonts))
    async for _ in awatch(*filter(os.path.isdir, desk.fonts), step=_STEP, debounce=_DEBOUNCE):
        desk.reload()
