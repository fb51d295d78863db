# El tablero de envíos.
board-lead =
    { $waiting ->
        [0] { $open } en marcha. Nada espera por usted.
        [one] { $open } en marcha, { $waiting } espera por usted.
       *[other] { $open } en marcha, { $waiting } esperan por usted.
    }
board-empty = No se está enviando nada.
board-waits-for-you = Espera por usted
board-to-be-agreed = Por acordar
board-agreed = Acordado, por cargar
board-on-the-way = En camino
board-arrived = Llegado, queda algo abierto
board-over = Terminado
board-from-to = De, a
board-stage = Cómo va
board-arrives = Llegada prevista:
board-five-numbers = Los cinco números
board-more-lines =
    { $n ->
        [one] y { $n } cosa más
       *[other] y { $n } cosas más
    }
counter-requested = Pedido
counter-committed = Prometido
counter-reserved = Apartado
counter-in-transit = En camino
counter-fulfilled = Recibido
counter-lost = Perdido en el camino
