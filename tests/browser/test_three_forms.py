"""The Three forms page in a browser: one curve, equal to the bit, and the same part of each form side by side."""

import pytest
from playwright.sync_api import ViewportSize, expect

from makemore_core.catalogue import SHIPPED
from tests.browser.lab import Lab

PAGE = f"/three_forms?data.dataset={SHIPPED}&preset=seed000-layers&model.n_hidden=8&model.block_size=1"
PHONE: ViewportSize = {"width": 390, "height": 844}
FORMS = ("raw tensors", "own layers", "nn.Module")
LONGEST = 60_000  # milliseconds of training, on a busy machine


def test_three_forms_walk_one_curve(lab: Lab):
    lab.open(PAGE)
    expect(lab.page.get_by_role("button", name="Once more")).to_be_visible(timeout=LONGEST)
    for form in FORMS[1:]:
        equal = f"{form}: every loss and every parameter equals that of raw tensors to the bit"
        expect(lab.page.get_by_text(equal)).to_be_visible()
    curves = lab.page.evaluate(CURVES)
    assert len(curves[0]) > 200
    assert curves[0] == curves[1] == curves[2]
    assert curves[3] == pytest.approx(curves[0], rel=1e-5)
    for form in FORMS:
        expect(lab.page.locator(".st-key-forms_code").get_by_text(form, exact=True).first).to_be_visible()


@pytest.mark.long
def test_a_phone_shows_one_form_at_a_time(lab: Lab):
    lab.page.set_viewport_size(PHONE)
    lab.open(PAGE)
    code = lab.page.locator(".st-key-forms_code [class*=st-key-form_]:visible")
    expect(code).to_have_count(6)
    expect(code.get_by_text("RawTensors(*drawn)")).to_be_visible()
    lab.page.get_by_role("radio", name="nn.Module", exact=True).last.click()
    expect(code.get_by_text("FromModule(ParametersModule(*drawn))")).to_be_visible()
    expect(code).to_have_count(6)


@pytest.mark.long
def test_it_is_seen_while_it_trains_and_ends_when_cancelled(lab: Lab):
    lab.open(PAGE)
    lab.page.get_by_role("radio", name="5,000").click()
    cancel = lab.page.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible()
    lab.page.wait_for_function(f"{CURVES}[0]?.length > 100")
    cancel.click()
    expect(lab.page.get_by_role("button", name="Go on")).to_be_visible()
    stood = lab.page.evaluate(CURVES)[0]
    assert len(stood) > 100
    lab.page.get_by_role("button", name="Go on").click()
    expect(cancel).to_be_visible()
    lab.page.wait_for_function(f"{CURVES}[0]?.length > 100")
    assert lab.page.evaluate(CURVES)[0][:50] == stood[:50]
    cancel.click()


CURVES = """document.querySelector('.st-key-three_forms_losses .live-chart')._fullData
  .filter(trace => trace.mode === 'lines').map(trace => Array.from(trace.y))"""
