"""The frame of the panels: pages, components and formats that know no object of ours."""
