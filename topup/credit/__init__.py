"""Credit: sellers ask for it, staff decide; staff may also adjust a balance."""
