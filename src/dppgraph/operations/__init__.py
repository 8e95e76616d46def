"""What the product does, one module or folder for each feature. No HTTP here, and no Oxigraph."""
