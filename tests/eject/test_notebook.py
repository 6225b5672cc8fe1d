"""The notebook is one, says what the script says, and gives the same losses under Jupyter's own client."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from makemore_core.datasets import SPLITS, DataConfig
from makemore_core.eject import Ejected, eject_settings
from tests.eject.fresh import told
from tests.eject.test_losses import check_losses, small, trained

SECONDS = 120  # for one cell
# both belong to Jupyter and Python, not to what is tested
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.fixture(scope="module")
def ejected(data: DataConfig) -> Ejected:
    return eject_settings(small("deep-mlp", data))


def test_it_is_a_notebook(ejected: Ejected) -> None:
    nbformat.validate(nbformat.reads(ejected.notebook.decode(), as_version=4))


def test_it_holds_the_same_code_as_the_script(ejected: Ejected) -> None:
    cells = nbformat.reads(ejected.notebook.decode(), as_version=4).cells
    for cell in cells[3:]:
        assert cell.cell_type == "markdown" or cell.source in ejected.script
    assert [cell.cell_type for cell in cells[:3]] == ["markdown", "code", "markdown"]


def test_it_gives_the_same_losses(ejected: Ejected, data: DataConfig, tmp_path: Path) -> None:
    code, _ = ejected.write(tmp_path, as_notebook=True)
    notebook = nbformat.read(code, as_version=4)
    NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": str(tmp_path)}}).execute()
    out = told("".join(output.text for cell in notebook.cells for output in cell.get("outputs", ())))
    config = small("deep-mlp", data)
    trainer, losses = trained(config)
    check_losses(out, losses, config)
    assert out.splits == {split: repr(trainer.evaluate(split)) for split in SPLITS}
    assert out.names == list(trainer.sample(len(out.names)))
