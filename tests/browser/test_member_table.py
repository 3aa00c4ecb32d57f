"""The table of members, searched in JupyterLab as a person does it."""

import re

import pytest
from browser.test_lab import open_and_run

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def lab(serve):
    """A JupyterLab on the notebooks."""
    return serve("lab", "--allow-root", "--ServerApp.token=", "--expose-app-in-browser")


def test_typing_a_town_finds_its_members_and_shows_nobody(page, lab):
    """The table follows what is typed, counts whom it found, and shows names, addresses and numbers masked."""
    open_and_run(page, lab, "05_sms_vip.ipynb")
    field = page.locator("input[placeholder*='a town']").last
    field.scroll_into_view_if_needed(timeout=60_000)
    field.fill("boston")
    found = page.locator("b", has_text="have “boston”").last
    found.wait_for(timeout=30_000)
    table = page.locator(".widget-html-content", has_text="have “boston”").last.locator("table").last

    assert re.fullmatch(r"[\d,]+ of [\d,]+ members of SMS VIP have “boston”", found.inner_text())
    rows = table.locator("tbody tr")
    assert 0 < rows.count() <= 5
    assert all("Boston" in text for text in rows.all_inner_texts())
    assert not re.search(r"[\w.]+@[\w-]+\.\w+|\+\d{8,15}", table.inner_text())
    assert page.outside == []
