"""The glossary as a learner uses it: from a word in a verdict, by a search, and from term to term."""

import pytest
from playwright.sync_api import expect

from makemore_core.glossary import GLOSSARY
from tests.browser.lab import Lab


@pytest.mark.long
def test_a_word_in_a_caption_leads_to_its_term_and_on_to_others(lab: Lab) -> None:
    lab.open("/inside?preset=seed000-layers")
    word = lab.page.locator('a[href*="term=nonlinearity"]').first
    expect(word).to_have_attribute("title", GLOSSARY["nonlinearity"].about)
    with lab.page.context.expect_page() as opened:
        word.click()
    page = opened.value
    details = page.locator(".st-key-term_details")
    expect(details).to_contain_text("makemore_core/models/layers.py")
    details.get_by_role("button", name="Tanh").click()
    expect(details.locator(".katex").first).to_be_visible()
    page.wait_for_url("**term=tanh**")
    page.get_by_label("Search", exact=True).fill("n_embd")
    page.get_by_label("Search", exact=True).press("Enter")
    page.get_by_role("button", name="Embedding", exact=False).first.click()
    expect(details).to_contain_text("27 × 10")
